import type { Invoice } from '../../../services/payment-app/models/invoice.ts';
import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import type { KindName } from '../kinds/kinds.ts';
import { byId, type EventRecords, stepAt } from '../records.ts';
import { isWorkedOn, type RunningWorkflows } from '../running-workflows.ts';

export const hasEnded = (booking: Booking | undefined): boolean =>
  booking === undefined || booking.status === 'FAILED' || booking.status === 'CANCELLED';

/** Is still to be paid. */
export const isUnsold = ({ status }: Booking): boolean => status === 'HOLDING' || status === 'AWAITING_PAYMENT';

/** Its own time is over, whoever works on it. */
export function isOverdue(booking: Booking, { quietSince }: Circumstances): boolean {
  const due = booking.status === 'AWAITING_PAYMENT' ? booking.expiresAt : booking.claimBefore;
  return isUnsold(booking) && due !== undefined && due < quietSince;
}

/** What an ended booking has still, which nobody gives back; while a workflow works on it, that one does. */
export const stillHas = (kind: KindName, bookingId: string, workflows: RunningWorkflows | undefined): KindName =>
  isWorkedOn(bookingId, workflows) ? 'give_back_under_way' : kind;

/** I3: a booking ends, and with it its invoice, and what it counts against its buyer. */
export const bookingsEnd: Invariant = (records, circumstances) => {
  const invoiceOf = byId(records.invoices);
  return [
    ...records.bookings.flatMap((booking) => [
      ...itself(booking, circumstances),
      ...withInvoice(booking, invoiceOf.get(booking._id), records, circumstances),
      ...limitsOf(booking, records, circumstances),
    ]),
    ...records.invoices.flatMap((invoice) => invoiceItself(invoice, circumstances)),
  ];
};

function itself(booking: Booking, circumstances: Circumstances): Violation[] {
  const { _id: bookingId, status, changedAt } = booking;
  if (!quiet(circumstances, changedAt)) return [];
  return [
    ...unless('overdue', !isOverdue(booking, circumstances), `The booking is ${status} although its time is over.`, {
      bookingId,
    }),
    ...unless(
      'cancelling_stands',
      status !== 'CANCELLING',
      'The booking goes on being cancelled, and nothing happens.',
      {
        bookingId,
      },
    ),
  ];
}

function withInvoice(
  booking: Booking,
  invoice: Invoice | undefined,
  { workflows }: EventRecords,
  circumstances: Circumstances,
): Violation[] {
  const { _id: bookingId, status, changedAt } = booking;
  if (!invoice || !quiet(circumstances, changedAt, invoice.changedAt)) return [];
  const mayBePaid = ['PENDING', 'PROCESSING'].includes(invoice.status);
  const isDead = ['VOIDED', 'FAILED', 'REFUNDING', 'REFUNDED'].includes(invoice.status);
  const unheard = invoice.deliveries.findLast((delivery) => delivery.status !== 'delivered');
  return [
    ...unless(
      stillHas('payable_after_end', bookingId, workflows),
      !(hasEnded(booking) && mayBePaid),
      `The booking is ${status}, but its invoice is ${invoice.status}: money may still come.`,
      { bookingId },
    ),
    ...unless(
      workflows === undefined || isWorkedOn(bookingId, workflows) ? 'end_unheard' : 'end_unheard_alone',
      !(isUnsold(booking) && isDead),
      `The booking is ${status}, but its invoice is ${invoice.status}: nobody will pay it.`,
      { bookingId, ...(unheard && { webhookId: unheard.webhookId }) },
    ),
  ];
}

/** Whoever is to settle a payment or a refund is planned to. */
function invoiceItself({ _id: bookingId, status, attempts, refund, changedAt }: Invoice, circumstances: Circumstances) {
  if (!quiet(circumstances, changedAt)) return [];
  const isTried = attempts.some(({ outcome, nextAttemptAt }) => outcome === undefined && nextAttemptAt !== undefined);
  return [
    ...unless(
      'payment_stands',
      status !== 'PROCESSING' || isTried,
      'A payment is being processed, and nobody will settle it.',
      { bookingId },
    ),
    ...unless(
      'refund_stands',
      status !== 'REFUNDING' || refund?.nextAttemptAt !== undefined,
      'The money is being returned, and nobody will try again.',
      { bookingId },
    ),
  ];
}

/** What has ended no longer counts against what a person may have at once; what has not, does. */
function limitsOf(
  booking: Booking,
  { countedBookings, workflows }: EventRecords,
  circumstances: Circumstances,
): Violation[] {
  const { _id: bookingId, status, changedAt } = booking;
  if (!quiet(circumstances, changedAt)) return [];
  const counted = countedBookings.get(bookingId);
  const isOver = hasEnded(booking);
  const isClaimed = stepAt(booking, 'seats_claimed') !== undefined;
  return [
    ...unless(
      stillHas('limit_kept', bookingId, workflows),
      !(isOver && counted),
      `The booking is ${status} and still counts against its buyer's limits.`,
      { bookingId },
    ),
    ...unless(
      'limit_unpaid',
      !(status === 'CONFIRMED' && counted?.unpaid),
      'The booking is CONFIRMED and counts as unpaid against its buyer.',
      { bookingId },
    ),
    ...unless(
      'limit_uncounted',
      isOver || !isClaimed || counted !== undefined,
      `The booking is ${status} and does not count for its buyer's limits.`,
      { bookingId },
    ),
  ];
}
