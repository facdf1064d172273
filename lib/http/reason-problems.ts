import { type TProperties, Type } from 'typebox';
import { type BookingReason, statusOfReason, textOfReason } from '../contracts/booking.ts';
import { statusOfWaitlistRefusal, textOfWaitlistRefusal, type WaitlistRefusal } from '../contracts/waitlist.ts';
import type { ProblemEntry } from './problem-catalogue.ts';

/** The codes by which a booking call is answered, first or repeated, when the booking has ended. */
export const bookingReasons = Object.keys(statusOfReason) as BookingReason[];
/** The codes by which a call is answered that asks for a place in a queue one cannot have. */
export const waitlistRefusals = Object.keys(statusOfWaitlistRefusal) as WaitlistRefusal[];

const isRefusal = (code: BookingReason): code is BookingReason & WaitlistRefusal => code in statusOfWaitlistRefusal;

/** Both tables as a catalogue, for a service whose problems carry these members. A code that is in both may carry either's. */
export function problemsOfReasons(
  ofEnd: TProperties,
  ofRefusal: TProperties,
): Record<BookingReason | WaitlistRefusal, ProblemEntry> {
  const ofBoth = { ...Type.Partial(Type.Object(ofEnd)).properties, ...ofRefusal };
  const refusals = waitlistRefusals.map((code) => [
    code,
    { status: statusOfWaitlistRefusal[code], means: textOfWaitlistRefusal[code], members: ofRefusal },
  ]);
  const ends = bookingReasons.map((code) => [
    code,
    { status: statusOfReason[code], means: textOfReason[code], members: isRefusal(code) ? ofBoth : ofEnd },
  ]);
  return {
    ...(Object.fromEntries([...refusals, ...ends]) as Record<BookingReason | WaitlistRefusal, ProblemEntry>),
    too_late: {
      status: statusOfReason.too_late,
      means: 'It could not be begun in time. Nothing was done; try again.',
      members: ofBoth,
    },
  };
}
