import type { JoinWaitlist, WaitlistRefusal } from '../../../lib/contracts/waitlist.ts';
import type { Customers } from '../models/customers.ts';
import { type FindEvent, takesQueues } from '../models/event.ts';
import type { SeatLedger } from '../models/seat-ledger.ts';
import type { WaitlistEntry } from '../models/waitlist-entry.ts';
import type { WaitlistLedger } from '../models/waitlist-ledger.ts';
import type { WaitlistCalls } from './waitlist-calls.ts';

export type JoinWaitlistAnswer =
  | { outcome: 'entry'; entry: WaitlistEntry }
  | { outcome: 'refused'; reason: WaitlistRefusal; entryId?: string }
  | { outcome: 'unknown_event' }
  | { outcome: 'unknown_seat' }
  /** It may have been done; its document will tell. */
  | { outcome: 'unknown' };

interface Dependencies {
  entries: WaitlistLedger;
  seats: SeatLedger;
  customers: Customers;
  findEvent: FindEvent;
  calls: WaitlistCalls;
}

export type JoinWaitlistCommand = ReturnType<typeof createJoinWaitlist>;

/** Puts a person into the queue of a seat. Whom the documents refuse already is refused here, without a workflow. */
export function createJoinWaitlist({ entries, seats, customers, findEvent, calls }: Dependencies) {
  async function atTheDoor(call: JoinWaitlist): Promise<JoinWaitlistAnswer | undefined> {
    const refused = (reason: WaitlistRefusal): JoinWaitlistAnswer => ({ outcome: 'refused', reason });
    if (Date.now() > Date.parse(call.joinBefore)) return refused('too_late');
    const event = await findEvent(call.eventId);
    // Drafts are for admins' eyes.
    if (!event || event.status === 'draft') return { outcome: 'unknown_event' };
    const seat = await seats.find(call);
    if (!seat) return { outcome: 'unknown_seat' };
    if (!takesQueues(event, new Date())) return refused('event_over');
    if (seat.closed) return refused('seat_closed');
    if (seat.status === 'OPEN') return refused('seat_open');
    const isTheirs = seat.holder?.kind === 'booking' && seat.holder.customerId === call.customerId;
    return isTheirs ? refused('seat_is_yours') : undefined;
  }

  return async (call: JoinWaitlist): Promise<JoinWaitlistAnswer> => {
    const { entryId, customerId, eventId, seatId } = call;
    const known = await entries.find(entryId);
    if (known) return { outcome: 'entry', entry: known };
    const refusal = await atTheDoor(call);
    if (refusal) return refusal;
    await customers.remember(customerId, call.customerName);
    const joinBefore = Date.parse(call.joinBefore);
    const answer = await calls.join({ eventId, seatId }, { entryId, customerId, joinBefore }, joinBefore);
    if (answer?.outcome === 'refused') return answer;
    const entry = await entries.find(entryId);
    return entry ? { outcome: 'entry', entry } : { outcome: 'unknown' };
  };
}
