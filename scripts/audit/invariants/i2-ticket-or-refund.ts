import type { Invoice } from '../../../services/payment-app/models/invoice.ts';
import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import type { TicketRecord } from '../../../services/ticket-app/models/ticket-record.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import type { KindName } from '../kinds/kinds.ts';
import { byId } from '../records.ts';

const wasPaid = ({ status, attempts }: Invoice): boolean =>
  ['PAID', 'REFUNDING', 'REFUNDED'].includes(status) || attempts.some(({ outcome }) => outcome === 'paid');

/** I2: every booking that was paid ends in exactly one of a valid ticket and a refund (which may be pending). */
export const ticketOrRefund: Invariant = ({ bookings, tickets, invoices }, circumstances) => {
  const ticketOf = byId(tickets);
  const invoiceOf = byId(invoices);
  return bookings.flatMap((booking) => {
    const [ticket, invoice] = [ticketOf.get(booking._id), invoiceOf.get(booking._id)];
    return [...endOf(booking, ticket, invoice, circumstances), ...refundOf(booking, ticket, invoice, circumstances)];
  });
};

const checkOf = (bookingId: string) => (kind: KindName, holds: boolean, what: string) =>
  unless(kind, holds, what, { bookingId });

function endOf(
  booking: Booking,
  ticket: TicketRecord | undefined,
  invoice: Invoice | undefined,
  circumstances: Circumstances,
): Violation[] {
  const { status } = booking;
  const isValid = ticket?.status === 'VALID';
  const isPaid = invoice !== undefined && wasPaid(invoice);
  const isRefunded = invoice?.refund !== undefined;
  const check = checkOf(booking._id);
  const always = [
    ...check('ticket_and_refund', !(isValid && isRefunded), 'The booking has a valid ticket, and its money goes back.'),
    ...check('ticket_unpaid', !isValid || isPaid, 'The booking has a valid ticket that nobody paid.'),
  ];
  if (!quiet(circumstances, booking.changedAt, invoice?.changedAt)) return always;
  const ended = status === 'FAILED' || status === 'CANCELLED';
  const hasEither = !isPaid || isValid || isRefunded;
  return [
    ...always,
    ...check('paid_for_nothing', hasEither, `The booking was paid and is ${status}: neither ticket nor refund.`),
    ...check('ticket_of_ended', !(isValid && ended), `The booking is ${status}, but its ticket is valid.`),
    ...check(
      'confirmed_without_ticket',
      status !== 'CONFIRMED' || isValid,
      'The booking is CONFIRMED without a valid ticket.',
    ),
  ];
}

/** The refund as the booking tells of it and as the payment app does. */
function refundOf(
  booking: Booking,
  ticket: TicketRecord | undefined,
  invoice: Invoice | undefined,
  circumstances: Circumstances,
): Violation[] {
  if (!quiet(circumstances, booking.changedAt, invoice?.changedAt)) return [];
  const [told, real] = [booking.refund, invoice?.refund];
  const check = checkOf(booking._id);
  const isSame = told === undefined || real === undefined || told.amount === real.amount;
  return [
    ...check('refund_unknown', !told || Boolean(real), 'The booking tells of a refund, the payment app does not.'),
    ...check('refund_untold', !real || Boolean(told), 'The booking does not tell of a refund, the payment app does.'),
    ...check('refund_differs', isSame, `${told?.amount} go back by the booking, ${real?.amount} by the payment app.`),
    ...check('refund_not_barred', !real || ticket !== undefined, 'Money goes back, and a ticket may still be made.'),
    ...check(
      'refund_end_untold',
      invoice?.status !== 'REFUNDED' || told === undefined || told.status === 'succeeded',
      'The money has been returned, but the booking does not say so.',
    ),
  ];
}
