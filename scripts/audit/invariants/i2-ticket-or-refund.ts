import type { Invoice } from '../../../services/payment-app/models/invoice.ts';
import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import type { TicketRecord } from '../../../services/ticket-app/models/ticket-record.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId } from '../records.ts';

const wasPaid = ({ status, attempts }: Invoice): boolean =>
  ['PAID', 'REFUNDING', 'REFUNDED'].includes(status) || attempts.some(({ outcome }) => outcome === 'paid');

/** I2: every booking that was paid ends in exactly one of a valid ticket and a refund (which may be pending). */
export const ticketOrRefund: Invariant = ({ bookings, tickets, invoices }, circumstances) => {
  const ticketOf = byId(tickets);
  const invoiceOf = byId(invoices);
  return bookings.flatMap((booking) =>
    endOf(booking, ticketOf.get(booking._id), invoiceOf.get(booking._id), circumstances),
  );
};

function endOf(
  booking: Booking,
  ticket: TicketRecord | undefined,
  invoice: Invoice | undefined,
  circumstances: Circumstances,
): Violation[] {
  const { _id: bookingId, status } = booking;
  const isValid = ticket?.status === 'VALID';
  const isPaid = invoice !== undefined && wasPaid(invoice);
  const isRefunded = invoice?.refund !== undefined;
  const check = (holds: boolean, what: string) => unless('I2', holds, what, [bookingId]);
  const always = [
    ...check(!(isValid && isRefunded), 'The booking has a valid ticket, and its money goes back.'),
    ...check(!isValid || isPaid, 'The booking has a valid ticket that nobody paid.'),
  ];
  if (!quiet(circumstances, booking.changedAt, invoice?.changedAt)) return always;
  const ended = status === 'FAILED' || status === 'CANCELLED';
  return [
    ...always,
    ...check(!isPaid || isValid || isRefunded, `The booking was paid and is ${status}: neither ticket nor refund.`),
    ...check(!(isValid && ended), `The booking is ${status}, but its ticket is valid.`),
    ...check(status !== 'CONFIRMED' || isValid, 'The booking is CONFIRMED without a valid ticket.'),
    ...check(!isValid || Boolean(ticket?.fileId && ticket.sha256), 'The ticket is valid, but its PDF is missing.'),
    ...check(
      (booking.refund !== undefined) === isRefunded,
      `The booking ${booking.refund ? 'tells' : 'does not tell'} of a refund, the payment app ${isRefunded ? 'does' : 'does not'}.`,
    ),
    ...check(
      invoice?.status !== 'REFUNDED' || booking.refund?.status === 'succeeded',
      'The money has been returned, but the booking does not say so.',
    ),
  ];
}
