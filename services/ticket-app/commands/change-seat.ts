import type { NewSeat } from '../models/seat.ts';
import type { SeatLedger } from '../models/seat-ledger.ts';
import { reasonOfClosing } from './close-event.ts';
import type { CloseSeats } from './close-seats.ts';
import type { CountSeats } from './count-seats.ts';
import type { FindSeats, SeatRow } from './find-seats.ts';
import type { SettleWork } from './settle-work.ts';

export type SeatChangeAnswer =
  | { outcome: 'changed'; seat: SeatRow }
  | { outcome: 'removed' | 'unknown_event' | 'unknown_seat' | 'seat_busy' | 'event_busy' };

interface Dependencies {
  seats: SeatLedger;
  find: FindSeats;
  settle: SettleWork;
  counter: CountSeats;
  closeSeats: CloseSeats;
}

export type ChangeSeat = ReturnType<typeof createChangeSeat>;

/** What admins do to one seat. A seat that is held, sold or waited for is `seat_busy` to a change; closing it is always possible. */
export function createChangeSeat({ seats, find, settle, counter, closeSeats }: Dependencies) {
  /** A closing event looks at its seats as a whole: nobody changes one of them meanwhile. */
  async function inEvent(eventId: string, act: () => Promise<SeatChangeAnswer>): Promise<SeatChangeAnswer> {
    const event = await settle.importOf(eventId);
    if (!event) return { outcome: 'unknown_event' };
    if (event.work) return { outcome: 'event_busy' };
    const answer = await act();
    counter.forget(eventId);
    return answer;
  }

  async function seatNow(eventId: string, seatId: string): Promise<SeatChangeAnswer> {
    const found = await find.one(eventId, seatId, true);
    return found.outcome === 'found' ? { outcome: 'changed', seat: found.seat } : found;
  }

  const edit = (eventId: string, seatId: string, changes: Partial<Omit<NewSeat, 'seatId'>>) =>
    inEvent(eventId, async () => {
      const answer = await seats.edit(eventId, seatId, changes);
      if (answer === 'changed') return seatNow(eventId, seatId);
      return { outcome: answer === 'busy' ? 'seat_busy' : 'unknown_seat' };
    });

  const remove = (eventId: string, seatId: string) =>
    inEvent(eventId, async () => {
      const answer = await seats.remove(eventId, seatId);
      if (answer === 'changed') return { outcome: 'removed' };
      return { outcome: answer === 'busy' ? 'seat_busy' : 'unknown_seat' };
    });

  /** Whoever has the seat keeps it; nobody else gets it, and its queue ends. A seat that is closed already keeps its reason. */
  const close = (eventId: string, seatId: string, reason: string) =>
    inEvent(eventId, async () => {
      await closeSeats.close({ eventId, seatIds: [seatId], reason });
      return seatNow(eventId, seatId);
    });

  /** Opens a closed seat for sale again; one that is not closed stays as it is. */
  const reopen = (eventId: string, seatId: string) =>
    inEvent(eventId, async () => {
      const found = await find.one(eventId, seatId, true);
      if (found.outcome !== 'found') return found;
      const reason = found.seat.closed?.reason;
      if (reason === reasonOfClosing.cancelled) return { outcome: 'event_busy' };
      if (reason !== undefined) await closeSeats.reopen({ eventId, seatIds: [seatId], reason });
      return seatNow(eventId, seatId);
    });

  return { edit, remove, close, reopen };
}

/** Reasons that only the closing of a whole event may give. */
export const reservedReasons: readonly string[] = Object.values(reasonOfClosing);
