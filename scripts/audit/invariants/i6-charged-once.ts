import type { Invoice } from '../../../services/payment-app/models/invoice.ts';
import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import type { KindName } from '../kinds/kinds.ts';
import { byId } from '../records.ts';

const settledAsPaid = ['PAID', 'REFUNDING', 'REFUNDED'];

const checkOf = (bookingId: string) => (kind: KindName, holds: boolean, what: string) =>
  unless(kind, holds, what, { bookingId });

/** I6: a booking is charged at most once, for what it costs, and never gets back more than was paid. */
export const chargedOnce: Invariant = ({ invoices, bookings }, circumstances) => {
  const bookingOf = byId(bookings);
  const invoiceOf = byId(invoices);
  return [
    ...invoices.flatMap((invoice) => [
      ...charges(invoice),
      ...returns(invoice),
      ...(invoice.tombstone ? [] : price(invoice, bookingOf.get(invoice._id), circumstances)),
    ]),
    ...bookings.flatMap(({ _id, invoice, changedAt }) => {
      const isThere = !invoice || invoiceOf.has(_id) || !quiet(circumstances, changedAt);
      return checkOf(_id)(
        'invoice_missing',
        isThere,
        `The payment app does not know invoice ${invoice?.invoiceNumber}.`,
      );
    }),
  ];
};

function charges({ _id, attempts, status }: Invoice): Violation[] {
  const paid = attempts.filter(({ outcome }) => outcome === 'paid').length;
  const isSettled = settledAsPaid.includes(status);
  const check = checkOf(_id);
  return [
    ...check('charged_twice', paid <= 1, `The booking was charged ${paid} times.`),
    ...check('charged_unsettled', paid === 0 || isSettled, `The booking was charged, but its invoice is ${status}.`),
    ...check('settled_uncharged', paid > 0 || !isSettled, `The invoice is ${status}, but no payment of it succeeded.`),
  ];
}

function returns({ _id, amount, attempts, status, refund }: Invoice): Violation[] {
  const check = checkOf(_id);
  if (!refund)
    return check('refund_missing', !status.startsWith('REFUND'), `The invoice is ${status} without a refund.`);
  const paid = attempts.filter(({ outcome }) => outcome === 'paid').length * amount;
  const times = refund.tries.filter(({ outcome }) => outcome === 'succeeded').length;
  return [
    ...check('refund_too_large', refund.amount <= paid, `${refund.amount} go back of ${paid} that were paid.`),
    ...check('returned_twice', times <= 1, `The money was returned ${times} times.`),
    ...check(
      'refund_disagrees',
      (status === 'REFUNDED') === times > 0,
      `The invoice is ${status}, but its refund succeeded ${times} times.`,
    ),
  ];
}

/** What the booking says that it costs, until when, and by which invoice, is what the payment app says. */
function price(invoice: Invoice, booking: Booking | undefined, circumstances: Circumstances): Violation[] {
  const { _id, amount, invoiceNumber, expiresAt, workflowId } = invoice;
  const check = checkOf(_id);
  const sum = (booking?.seats ?? []).reduce((total, seat) => total + seat.price.amount, 0);
  const told = quiet(circumstances, booking?.changedAt) ? booking?.invoice : undefined;
  const isSame =
    told === undefined ||
    (told.invoiceNumber === invoiceNumber &&
      told.amount === amount &&
      booking?.expiresAt?.getTime() === expiresAt?.getTime());
  return [
    ...check('price_differs', sum === amount, `The invoice is for ${amount}, the seats cost ${sum}.`),
    ...check(
      'invoice_differs',
      isSame,
      `The booking names invoice ${told?.invoiceNumber} of ${told?.amount} until ${booking?.expiresAt?.toISOString()}, the payment app ${invoiceNumber} of ${amount} until ${expiresAt?.toISOString()}.`,
    ),
    ...check('wakes_another', workflowId === bookingWorkflowId(_id), `Its payments are told to ${workflowId}.`),
  ];
}
