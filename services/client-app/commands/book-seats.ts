import { createHash } from 'node:crypto';
import { Problem } from '../../../lib/http/problem.ts';
import { newId } from '../../../lib/ids.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Booking } from '../models/booking.ts';
import { startIsOver } from '../models/next-check.ts';
import { askAboutBooking } from './ask-about-booking.ts';

/** ticket-app answers until `startBefore`; this much later its answer is not on its way any more. */
const answerGraceMs = 1_500;

export interface WantedSeats {
  eventId: string;
  seatIds: string[];
}

/** The order of the seats makes no other booking of it. */
const hashOf = ({ eventId, seatIds }: WantedSeats): string =>
  createHash('sha256')
    .update(JSON.stringify([eventId, seatIds.toSorted()]))
    .digest('hex');

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
  const bookingId = await dependencies.keys.claim({
    user: caller.userId,
    route: 'POST /bookings',
    key,
    bodyHash: hashOf(wanted),
    resultId: newId(),
  });
  if (bookingId === undefined) {
    throw new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key was used with another body.', {
      field: 'header.Idempotency-Key',
    });
  }
  await oneAtATime(dependencies.callsUnderWay, bookingId, () => settle(dependencies, caller, bookingId, wanted));
  const booking = await dependencies.bookings.find(bookingId);
  // Taken away just now because the same call, made by another process, was refused: so will this one be.
  return booking ?? bookSeats(dependencies, caller, key, wanted);
}

/** Joins the call under way for this booking in this process, or makes it. Across processes ticket-app tells them as one. */
async function oneAtATime(
  underWay: Dependencies['callsUnderWay'],
  bookingId: string,
  call: () => Promise<void>,
): Promise<void> {
  const present = underWay.get(bookingId);
  if (present) return present;
  const mine = call().finally(() => underWay.delete(bookingId));
  underWay.set(bookingId, mine);
  return mine;
}

/** Stores the booking before anything can have an effect, and asks ticket-app for it unless its answer is known. */
async function settle(
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
      return;
    case 'refused':
      await bookings.fail(booking._id, answer.reason, { refusedSeatIds: answer.seatIds, askOnce: !isFirst });
      return;
    case 'rejected':
      // Of a conflict it is not certain that nothing was started: the sweep finds out.
      if (answer.problem.status === 409) return;
      await bookings.forget(booking._id);
      throw answer.problem;
    case 'not_found':
    case 'unknown':
      // The booking stays as it is: the answer comes by webhook, by a repeat, or by the sweep.
      return;
  }
}
