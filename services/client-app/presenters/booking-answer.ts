import { type Static, Type } from 'typebox';
import { InvoiceOnBooking, statusOfReason, textOfReason } from '../../../lib/contracts/booking.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { Problem } from '../../../lib/http/problem.ts';
import type { Booking } from '../models/booking.ts';
import { BookingView, bookingPath, presentBooking } from './booking.ts';
import { entriesPath } from './waitlist-entry.ts';

export interface BookingAnswer {
  status: 201 | 202;
  headers: Record<string, string>;
  body: Static<typeof BookedView>;
}

/** C5: what the buyer needs to pay stands in the answer itself. */
export const BookedView = Type.Object({ ...BookingView.properties, ...Type.Partial(InvoiceOnBooking).properties });

/** How to queue for seats that are taken. */
export const HowToQueue = Type.Object({
  method: Type.Literal('POST'),
  url: Type.String({ examples: [entriesPath] }),
  bodies: Type.Array(Type.Object({ eventId: Id, seatId: Id }), { description: 'A call for each seat.' }),
});

const location = (booking: Booking) => ({ Location: bookingPath(booking._id) });

const toPay = ({ invoice }: Booking) =>
  invoice && {
    invoiceNumber: invoice.invoiceNumber,
    paymentUrl: invoice.paymentUrl,
    amount: invoice.amount,
    currency: invoice.currency,
  };

function refusal(booking: Booking): Problem {
  // Both ended states always carry their reason; a document without one is told as what it then means to the buyer.
  const reason = booking.reason ?? 'not_started';
  const seatIds = booking.refusedSeatIds ?? booking.seatIds;
  return new Problem(
    statusOfReason[reason],
    reason,
    textOfReason[reason],
    { seatIds, ...howToQueue(booking, seatIds), booking: presentBooking(booking) },
    booking.canQueue === true ? { Link: `<${entriesPath}>; rel="urn:kursi:rel:waitlist"` } : {},
  );
}

/** W1: whether one can queue for a seat that is taken, and the calls that do so, one for each seat. */
function howToQueue({ canQueue, eventId }: Booking, seatIds: string[]) {
  if (canQueue === undefined) return {};
  const bodies = seatIds.map((seatId) => ({ eventId, seatId }));
  const waitlist: Static<typeof HowToQueue> = { method: 'POST', url: entriesPath, bodies };
  return { canQueue, ...(canQueue && { waitlist }) };
}

/**
 * The answer to a booking call, first or repeated: a function of the booking's present document and of nothing else,
 * so that equal requests have equal answers. Returns a problem for a booking that has ended.
 */
export function answerOfBooking(booking: Booking): BookingAnswer | Problem {
  switch (booking.status) {
    case 'REQUESTED':
    case 'HOLDING':
      return { status: 202, headers: { ...location(booking), 'Retry-After': '1' }, body: presentBooking(booking) };
    case 'AWAITING_PAYMENT':
    case 'CONFIRMED':
    case 'CANCELLING':
      return { status: 201, headers: location(booking), body: { ...presentBooking(booking), ...toPay(booking) } };
    case 'CANCELLED':
    case 'FAILED':
      return refusal(booking);
  }
}
