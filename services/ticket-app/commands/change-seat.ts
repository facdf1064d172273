import { refusalTo, type Viewer } from '../models/event-owner.ts';
import type { NewSeat } from '../models/seat.ts';
import type { SeatLedger } from '../models/seat-ledger.ts';
import { reasonOfClosing } from './close-event.ts';
import type { CloseSeats } from './close-seats.ts';
import type { CountSeats } from './count-seats.ts';
import type { FindSeats, SeatRow } from './find-seats.ts';
import type { PriceList } from './price-list.ts';
import type { SettleWork } from './settle-work.ts';

export type SeatChangeAnswer =
  | { outcome: 'changed'; seat: SeatRow }
  | { outcome: 'removed' | 'unknown_event' | 'not_your_event' | 'unknown_seat' | 'seat_busy' | 'event_busy' };

export interface SeatToChange {
  eventId: string;
  seatId: string;
  /** Who changes it. */
  viewer: Viewer;
}

interface Dependencies {
  seats: SeatLedger;
  find: FindSeats;
  settle: SettleWork;
  prices: PriceList;
  counter: CountSeats;
  closeSeats: CloseSeats;
}

export type ChangeSeat = ReturnType<typeof createChangeSeat>;

/** What those who keep an event do to one of its seats. A seat that is held, sold or waited for is `seat_busy` to a change; closing it is always possible. */
export function createChangeSeat({ seats, find, settle, prices, counter, closeSeats }: Dependencies) {
  /** A closing event looks at its seats as a whole: nobody changes one of them meanwhile. */
  async function inEvent(
    { eventId, viewer }: SeatToChange,
    act: () => Promise<SeatChangeAnswer>,
  ): Promise<SeatChangeAnswer> {
    const event = await settle.importOf(eventId);
    const refusal = refusalTo(viewer, event);
    if (refusal) return { outcome: refusal };
    if (event?.work) return { outcome: 'event_busy' };
    const answer = await act();
    counter.forget(eventId);
    return answer;
  }

  async function seatNow({ eventId, seatId, viewer }: SeatToChange): Promise<SeatChangeAnswer> {
    const found = await find.one(eventId, seatId, viewer);
    return found.outcome === 'found' ? { outcome: 'changed', seat: found.seat } : found;
  }

  const edit = (which: SeatToChange, changes: Partial<Omit<NewSeat, 'seatId'>>) =>
    inEvent(which, async () => {
      const { eventId, seatId } = which;
      const change = () => seats.edit(eventId, seatId, changes);
      const answer = await (changes.price ? prices.during(eventId, change) : change());
      if (answer === 'changed') return seatNow(which);
      return { outcome: answer === 'busy' ? 'seat_busy' : 'unknown_seat' };
    });

  const remove = (which: SeatToChange) =>
    inEvent(which, async () => {
      const { eventId, seatId } = which;
      const answer = await prices.during(eventId, () => seats.remove(eventId, seatId));
      if (answer === 'changed') return { outcome: 'removed' };
      return { outcome: answer === 'busy' ? 'seat_busy' : 'unknown_seat' };
    });

  /** Whoever has the seat keeps it; nobody else gets it, and its queue ends. A seat that is closed already keeps its reason. */
  const close = (which: SeatToChange, reason: string) =>
    inEvent(which, async () => {
      await closeSeats.close({ eventId: which.eventId, seatIds: [which.seatId], reason });
      return seatNow(which);
    });

  /** Opens a closed seat for sale again; one that is not closed stays as it is. */
  const reopen = (which: SeatToChange) =>
    inEvent(which, async () => {
      const { eventId, seatId, viewer } = which;
      const found = await find.one(eventId, seatId, viewer);
      if (found.outcome !== 'found') return found;
      const reason = found.seat.closed?.reason;
      if (reason === reasonOfClosing.cancelled) return { outcome: 'event_busy' };
      if (reason !== undefined) await closeSeats.reopen({ eventId, seatIds: [seatId], reason });
      return seatNow(which);
    });

  return { edit, remove, close, reopen };
}

/** Reasons that only the closing of a whole event may give. */
export const reservedReasons: readonly string[] = Object.values(reasonOfClosing);
