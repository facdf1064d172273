import { setTimeout as delay } from 'node:timers/promises';
import type { FailureReason } from '../../../lib/contracts/booking.ts';
import type { BestAvailable } from '../../../lib/contracts/seat-map.ts';
import { unavailable } from '../../../lib/http/problem.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Booking } from '../models/booking.ts';
import { settle } from './book-seats.ts';
import { idByKey, oneAtATime } from './once-by-key.ts';

export interface WantedBest {
  eventId: string;
  bestAvailable: BestAvailable;
}

/** Each try is a booking that lost a race for a seat that was free a moment before. */
const maxTries = 6;
/** The try before gives back its place in the person's limits just after it has answered. */
const limitPauseMs = 150;

/** Ends that say nothing of the person who books, only of the seats: others will do. */
const ofTheSeats: ReadonlySet<FailureReason> = new Set(['seat_taken', 'seat_closed', 'organizer_refused']);

const idOfTry = (firstId: string, n: number): string => (n === 1 ? firstId : `${firstId}-${n}`);

/** Whether a try has failed in a way that other seats may mend. */
const isLost = ({ status, reason }: Booking, n: number): boolean =>
  status === 'FAILED' && (ofTheSeats.has(reason as FailureReason) || (reason === 'limit_reached' && n > 1));

/** One that is still asked about (`check`) may have begun all the same: then two bookings might come of one call. */
const isCertain = ({ version, check }: Booking): boolean => version > 0 || check === undefined;

/** The same call goes on where it was. */
const lostForNow = () =>
  unavailable(
    'ticketing_unavailable',
    'Others were quicker to take the seats that were chosen. Repeat the call, with the same key, for other ones.',
  );

/** Which seats, for a try that has none yet. Throws what ticket-app refuses; nothing is stored then, so that a repeat asks again. */
async function chosenFor({ ticketing }: Dependencies, seed: string, wanted: WantedBest): Promise<string[]> {
  const answer = await ticketing.chooseSeats(wanted.eventId, { ...wanted.bestAvailable, seed });
  if (answer.kind === 'chosen') return answer.seatIds;
  if (answer.kind === 'refused') throw answer.problem;
  throw unavailable(
    'ticketing_unavailable',
    'Seats cannot be chosen just now. Nothing was begun; try again in a moment.',
  );
}

/**
 * Books seats that ticket-app chooses, side by side, once for each key of a person. Each try is a booking like any other,
 * of seats that are fixed when it is stored (docs/protocols.md, "The best available seats"): `<id>`, `<id>-2`, … Where a
 * race takes a seat, the next try has others; the buyer sees the last one. A repeat walks the same tries.
 * Throws 409 `not_enough_adjacent_seats`, 404 `category_not_found`, 503 when the last try was lost and patience is over, or its end not certain yet, and what `bookSeats` throws.
 */
export async function bookBestAvailable(
  dependencies: Dependencies,
  caller: Caller,
  key: string,
  wanted: WantedBest,
): Promise<Booking> {
  const { eventId, bestAvailable } = wanted;
  const firstId = await idByKey(dependencies, caller, {
    route: 'POST /bookings',
    key,
    wanted: [eventId, bestAvailable.category, bestAvailable.seats],
  });
  const until = Date.now() + dependencies.patienceMs;
  let booking = await tryToBook(dependencies, caller, firstId, wanted);
  for (let n = 1; isLost(booking, n) && n < maxTries; n += 1) {
    if (Date.now() > until || !isCertain(booking)) throw lostForNow();
    if (booking.reason === 'limit_reached') await delay(limitPauseMs);
    await dependencies.bookings.supersede(booking._id);
    booking = await tryToBook(dependencies, caller, idOfTry(firstId, n + 1), wanted);
  }
  return booking;
}

/** One try, or the same again: its seats are those with which it was stored. */
async function tryToBook(dependencies: Dependencies, caller: Caller, id: string, wanted: WantedBest): Promise<Booking> {
  const { bookings, callsUnderWay } = dependencies;
  await oneAtATime(callsUnderWay, id, async () => {
    const known = await bookings.find(id);
    const seatIds = known?.seatIds ?? (await chosenFor(dependencies, id, wanted));
    await settle(dependencies, caller, id, { eventId: wanted.eventId, seatIds });
  });
  const booking = await bookings.find(id);
  // Taken away just now because the same call, made by another process, was refused: so will this one be.
  return booking ?? tryToBook(dependencies, caller, id, wanted);
}
