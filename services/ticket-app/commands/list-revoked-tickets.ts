import { createHash } from 'node:crypto';
import type { FindEvent } from '../models/event.ts';
import { refusalTo, type Viewer } from '../models/event-owner.ts';
import type { TicketRecords } from '../models/ticket-records.ts';

export interface RevocationList {
  /** The list is complete until this instant: what was taken back later comes with `since` = this instant. */
  asOf: Date;
  tickets: Array<{ ticketNumber: string; bookingId: string; revokedAt: Date }>;
  /** Equal lists have equal digests, whenever they are read. */
  digest: string;
}

export type ListRevokedTickets = ReturnType<typeof createListRevokedTickets>;

/** The tickets of an event that no gate may let in, for gates that are offline. */
export function createListRevokedTickets({ tickets, findEvent }: { tickets: TicketRecords; findEvent: FindEvent }) {
  return async (
    eventId: string,
    viewer: Viewer,
    since = new Date(0),
  ): Promise<RevocationList | { outcome: 'unknown_event' | 'not_your_event' }> => {
    const event = await findEvent(eventId);
    const refusal = viewer.kind === 'public' ? event === null && 'unknown_event' : refusalTo(viewer, event);
    if (refusal) return { outcome: refusal };
    const asOf = await tickets.completeUntil();
    const revoked = (await tickets.revokedOf(eventId, since)).flatMap(({ _id: bookingId, ticketNumbers, revokedAt }) =>
      ticketNumbers.map((ticketNumber) => ({ ticketNumber, bookingId, revokedAt })),
    );
    const digest = createHash('sha256')
      .update(JSON.stringify([since, revoked]))
      .digest('base64url');
    return { asOf, tickets: revoked, digest };
  };
}
