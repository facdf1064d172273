import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Booking } from '../models/booking.ts';
import { startIsOver } from '../models/next-check.ts';
import { askAboutBooking } from './ask-about-booking.ts';
import { answerGraceMs, idByKey, oneAtATime } from './once-by-key.ts';

export interface WantedSeats {
  eventId: string;
  seatIds: string[];
}

/**
 * Books seats, once for each key of a person (docs/protocols.md, "The booking call"). Returns the booking as it stands
 * when ticket-app has answered, or when patience is over. A repeat finds the same booking, and asks again if need be.
 * Throws 422 `idempotency_key_reused`, and what ticket-app refuses as wrong in itself (an unknown event or seat): then
 * no booking remains, and a repeat is refused in the same way.
 */
export async function bookSeats(
  dependencies: Dependencies,
  caller: Caller,
  key: string,
  wanted: WantedSeats,
): Promise<Booking> {
  const bookingId = await idByKey(dependencies, caller, {
    route: 'POST /bookings',
    key,
    // The order of the seats makes no other booking of it.
    wanted: [wanted.eventId, wanted.seatIds.toSorted()],
  });
  await oneAtATime(dependencies.callsUnderWay, bookingId, () => settle(dependencies, caller, bookingId, wanted));
  const booking = await dependencies.bookings.find(bookingId);
  // Taken away just now because the same call, made by another process, was refused: so will this one be.
  return booking ?? bookSeats(dependencies, caller, key, wanted);
}

/** Stores the booking before anything can have an effect, and asks ticket-app for it unless its answer is known. */
export async function settle(
  dependencies: Dependencies,
  caller: Caller,
  bookingId: string,
  wanted: WantedSeats,
): Promise<void> {
  const startBefore = new Date(Date.now() + dependencies.patienceMs);
  const { booking, isNew } = await dependencies.bookings.request({
    bookingId,
    customerId: caller.userId,
    ...wanted,
    startBefore,
  });
  if (booking.status !== 'REQUESTED' && booking.status !== 'HOLDING') return;
  if (booking.startBefore && Date.now() < booking.startBefore.getTime()) {
    await callTicketing(dependencies, caller, { booking, startBefore: booking.startBefore, isFirst: isNew });
  } else if (startIsOver(booking)) {
    await askAboutBooking(dependencies, booking);
  }
}

interface Call {
  booking: Booking;
  startBefore: Date;
  /** No call was made before this one, whose answer is not known. */
  isFirst: boolean;
}

async function callTicketing(
  { bookings, ticketing }: Dependencies,
  caller: Caller,
  { booking, startBefore, isFirst }: Call,
): Promise<void> {
  const answer = await ticketing.book(
    {
      bookingId: booking._id,
      customerId: booking.customerId,
      customerName: caller.name,
      eventId: booking.eventId,
      seatIds: booking.seatIds,
      startBefore: startBefore.toISOString(),
    },
    startBefore.getTime() - Date.now() + answerGraceMs,
  );
  switch (answer.kind) {
    case 'booking':
      await bookings.apply(answer.booking);
      if (answer.canQueue !== undefined) await bookings.noteCanQueue(booking._id, answer.canQueue);
      return;
    case 'refused':
      await bookings.fail(booking._id, answer.reason, {
        refusedSeatIds: answer.seatIds,
        canQueue: answer.canQueue,
        askOnce: !isFirst,
      });
      return;
    case 'rejected':
      // Of a conflict it is not certain that nothing was started: the sweep finds out.
      if (answer.problem.status === 409) return;
      await bookings.forget(booking._id);
      throw answer.problem;
    case 'not_found':
    case 'unknown':
      if (answer.kind === 'unknown' && answer.notBegun && isFirst && (await bookings.forget(booking._id))) {
        throw answer.notBegun;
      }
      // The booking stays as it is: the answer comes by webhook, by a repeat, or by the sweep.
      return;
  }
}
