import type { Rules } from './rules.ts';

/** services/ticket-app/models/ticket-records.ts: the tickets of a booking are one document. */
export interface Ticket {
  readonly status: 'none' | 'VALID' | 'REVOKED';
  /** Somebody was let in by it. */
  readonly isUsed: boolean;
}

export const noTicket: Ticket = { status: 'none', isUsed: false };

export function createTicketRecords(rules: Rules) {
  return {
    issue: (ticket: Ticket): Ticket => (ticket.status === 'none' ? { ...ticket, status: 'VALID' } : ticket),

    /** No ticket can come any more, unless there is one. */
    bar(ticket: Ticket): { answer: 'barred' | 'valid'; ticket: Ticket } {
      if (ticket.status === 'VALID' && rules.noRefundBesideTicket) return { answer: 'valid', ticket };
      if (ticket.status === 'none' && rules.ticketBarred)
        return { answer: 'barred', ticket: { ...ticket, status: 'REVOKED' } };
      return { answer: 'barred', ticket };
    },

    /** Undefined: nobody is let in by it. */
    checkIn: (ticket: Ticket): Ticket | undefined =>
      (ticket.status === 'VALID' || (!rules.checkInOnlyValid && ticket.status === 'REVOKED')) && !ticket.isUsed
        ? { ...ticket, isUsed: true }
        : undefined,

    revoke(ticket: Ticket): { answer: 'revoked' | 'used'; ticket: Ticket } {
      if (ticket.isUsed && ticket.status === 'VALID' && rules.noRevokeOfUsed) return { answer: 'used', ticket };
      return { answer: 'revoked', ticket: { ...ticket, status: 'REVOKED' } };
    },
  };
}
