import { type Static, Type } from 'typebox';
import { BookingView } from '../../../lib/contracts/booking.ts';
import { Id, Money } from '../../../lib/contracts/primitives.ts';
import type { BookingOfBuyer } from '../commands/list-bookings-of-event.ts';
import { presentBooking } from './booking.ts';

const { bookingId, bookingNumber, status, reason, seatIds, seats, refund, createdAt } = BookingView.properties;

/** A booking as the organizer of its event sees it: with the buyer's name, and without what only the buyer may use. */
export const BookingOfBuyerView = Type.Object({
  bookingId,
  bookingNumber,
  status,
  reason,
  /** The name on the tickets. */
  buyer: Type.Object({ customerId: Id, name: Type.Optional(Type.String()) }),
  seatIds,
  seats,
  /** What was, or is to be, paid. */
  amount: Type.Optional(Money),
  refund,
  createdAt,
});
export type BookingOfBuyerView = Static<typeof BookingOfBuyerView>;

/** No payment URL, which whoever has it may pay by, and no timeline, which is written for the buyer. */
export function presentBookingOfBuyer({ booking, name }: BookingOfBuyer): BookingOfBuyerView {
  const view = presentBooking(booking);
  return {
    bookingId: view.bookingId,
    bookingNumber: view.bookingNumber,
    status: view.status,
    ...(view.reason && { reason: view.reason }),
    buyer: { customerId: view.customerId, ...(name !== undefined && { name }) },
    seatIds: view.seatIds,
    ...(view.seats && { seats: view.seats }),
    ...(view.invoice && { amount: { amount: view.invoice.amount, currency: view.invoice.currency } }),
    ...(view.refund && { refund: view.refund }),
    createdAt: view.createdAt,
  };
}
