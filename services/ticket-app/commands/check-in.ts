import type { KeyObject } from 'node:crypto';
import type { SeatOnBooking } from '../../../lib/contracts/booking.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';
import type { FindEvent } from '../models/event.ts';
import { keeps, type Viewer } from '../models/event-owner.ts';
import type { TicketRecords } from '../models/ticket-records.ts';
import { type TicketClaims, verifyTicketToken } from '../tickets/ticket-token.ts';

interface Dependencies {
  bookings: BookingLedger;
  tickets: TicketRecords;
  findEvent: FindEvent;
  /** Of the keys that sign tickets or have signed them. */
  publicKeys: readonly KeyObject[];
}

export interface Scan {
  token: string;
  key: string;
  eventId?: string | undefined;
  /** Who stands at the gate. */
  viewer: Viewer;
}

export type CheckInAnswer =
  | { outcome: 'used'; ticket: TicketClaims; usedAt: Date; seat?: SeatOnBooking }
  | { outcome: 'used_before'; ticket: TicketClaims; usedAt: Date }
  | { outcome: 'revoked' | 'not_valid_now' | 'other_event'; ticket: TicketClaims }
  /** An organizer's gates let in to its own events only. */
  | { outcome: 'not_your_event' }
  /** Not a ticket of ours. */
  | { outcome: 'invalid' }
  /** The scan's key names the scan of another ticket. */
  | { outcome: 'key_reused' };

export type CheckIn = ReturnType<typeof createCheckIn>;

/**
 * Lets one person in by the code on a ticket, once. `key` names the scan: a gate that lost the answer repeats it under
 * the same key and is answered as it was the first time; another scan of the ticket is refused.
 */
export function createCheckIn({ bookings, tickets, findEvent, publicKeys }: Dependencies) {
  async function isTheirs(eventId: string, viewer: Viewer): Promise<boolean> {
    if (viewer.kind !== 'organizer') return true;
    const event = await findEvent(eventId);
    return event !== null && keeps(viewer, event);
  }

  return async (scan: Scan): Promise<CheckInAnswer> => {
    const verified = await verifyTicketToken(scan.token, publicKeys);
    if (!('claims' in verified)) return { outcome: 'invalid' };
    const { claims: ticket } = verified;
    if (scan.eventId !== undefined && scan.eventId !== ticket.eventId) return { outcome: 'other_event', ticket };
    if (!(await isTheirs(ticket.eventId, scan.viewer))) return { outcome: 'not_your_event' };
    if (verified.outcome !== 'valid') return { outcome: 'not_valid_now', ticket };
    const { bookingId, seatId } = ticket;
    const answer = await tickets.checkIn({ bookingId, seatId, key: scan.key });
    switch (answer.outcome) {
      case 'used': {
        const seat = (await bookings.find(bookingId))?.seats?.find((one) => one.seatId === seatId);
        return { outcome: 'used', ticket, usedAt: answer.usedAt, ...(seat && { seat }) };
      }
      case 'used_before':
        return { outcome: 'used_before', ticket, usedAt: answer.usedAt };
      case 'revoked':
        return { outcome: 'revoked', ticket };
      case 'key_reused':
        return { outcome: 'key_reused' };
      case 'unknown':
        // Signed with our key, for a booking that is not in this database.
        return { outcome: 'invalid' };
    }
  };
}
