import { limits } from '../../../lib/contracts/limits.ts';
import type { BestAvailable } from '../../../lib/contracts/seat-map.ts';
import type { FindEvent } from '../models/event.ts';
import { bestAvailable, type Choosable } from '../seat-map/best-available.ts';
import type { LiveHalls, LiveSeats } from '../seat-map/live-seats.ts';

export type ChooseAnswer =
  | { outcome: 'chosen'; seatIds: string[] }
  /** The largest group that is free side by side. */
  | { outcome: 'not_enough'; largest: number }
  | { outcome: 'unknown_event' }
  | { outcome: 'unknown_category' };

/** From the choice until its booking has claimed the seats, or nobody waits for it any more. */
const chosenForMs = limits.patienceMs;

/** Seats that were chosen just now, by event: who chooses next, in this process, takes them for taken. */
function createLatelyChosen() {
  const until = new Map<string, number>();
  const keyOf = (eventId: string, seatId: string) => `${eventId}/${seatId}`;
  return {
    has: (eventId: string, seatId: string): boolean => (until.get(keyOf(eventId, seatId)) ?? 0) > performance.now(),
    add(eventId: string, seatIds: readonly string[]): void {
      const now = performance.now();
      // In the order in which they were added, which is that in which they end.
      for (const [key, end] of until) {
        if (end > now) break;
        until.delete(key);
      }
      for (const seatId of seatIds) {
        until.delete(keyOf(eventId, seatId));
        until.set(keyOf(eventId, seatId), now + chosenForMs);
      }
    },
  };
}

export type ChooseSeats = ReturnType<typeof createChooseSeats>;

/**
 * Chooses seats side by side for a booking, and holds nothing: the booking claims them, or finds one taken and has others
 * chosen. Those who choose at the same time are kept apart, so that they neither collide nor leave single seats between
 * them: within a process by what was chosen just now, between processes by chance.
 */
export function createChooseSeats(halls: LiveHalls, findEvent: FindEvent) {
  const lately = createLatelyChosen();

  const rowsOf = (live: LiveSeats, isLeftOut: (seatId: string) => boolean) =>
    live.rows().map((row) => ({
      ...row,
      seats: row.seats.map(
        ({ seatId, number, category, status, closed }): Choosable => ({
          seatId,
          number,
          category,
          isFree: status === 'OPEN' && closed === null && !isLeftOut(seatId),
        }),
      ),
    }));

  return async (eventId: string, wanted: BestAvailable & { seed: string }): Promise<ChooseAnswer> => {
    const event = await findEvent(eventId);
    if (!event || event.status === 'draft') return { outcome: 'unknown_event' };
    const live = halls(eventId);
    await live.beAtMost(0, event.imports);
    const hasCategory = live.rows().some(({ seats }) => seats.some(({ category }) => category === wanted.category));
    if (!hasCategory) return { outcome: 'unknown_category' };
    const apart = bestAvailable(
      rowsOf(live, (seatId) => lately.has(eventId, seatId)),
      wanted,
    );
    // What was chosen just now may come free again: nobody is turned away for it.
    const choice =
      apart.outcome === 'chosen'
        ? apart
        : bestAvailable(
            rowsOf(live, () => false),
            wanted,
          );
    if (choice.outcome === 'chosen') lately.add(eventId, choice.seatIds);
    return choice;
  };
}
