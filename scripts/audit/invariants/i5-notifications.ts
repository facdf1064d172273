import type { Invoice } from '../../../services/payment-app/models/invoice.ts';
import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';

/** I5: whoever must be told has been told, and what was to be told was begun. */
export const notifications: Invariant = (records, circumstances) => [
  ...toClientApp(records, circumstances),
  ...newsOfQueues(records, circumstances),
  ...endsOfBookings(records, circumstances),
  ...records.invoices.flatMap((invoice) => outcomes(invoice, circumstances)),
];

const late = (type: string, to: string) => `${type} has not been delivered to ${to}.`;

function toClientApp({ deliveries }: EventRecords, circumstances: Circumstances): Violation[] {
  return deliveries.flatMap(({ _id: webhookId, bookingId, entryId, type, deliveredAt, createdAt }) => {
    if (deliveredAt !== null || !quiet(circumstances, createdAt)) return [];
    const about = { ...(bookingId !== undefined && { bookingId }), ...(entryId !== undefined && { entryId }) };
    return unless('undelivered', false, late(type, 'client-app'), { ...about, webhookId });
  });
}

/** News that nobody has tried to deliver yet. */
function newsOfQueues({ entries, deliveries }: EventRecords, circumstances: Circumstances): Violation[] {
  const begun = new Set(deliveries.map(({ _id }) => _id));
  return entries.flatMap(({ _id: entryId, news }) =>
    news
      .filter(({ webhookId, createdAt }) => !begun.has(webhookId) && quiet(circumstances, createdAt))
      .flatMap(({ type, webhookId }) =>
        unless('news_undelivered', false, late(type, 'client-app'), { entryId, webhookId }),
      ),
  );
}

/** What a booking has come to, as its notifications are called. */
function endsOf({ status, refund }: Booking): string[] {
  const ended = { CONFIRMED: 'booking.confirmed', FAILED: 'booking.failed', CANCELLED: 'booking.cancelled' };
  const end = Object.entries(ended).flatMap(([name, type]) => (name === status ? [type] : []));
  return refund?.status === 'succeeded' ? [...end, 'booking.refunded'] : end;
}

/** A booking that client-app does not know the end of, and that nobody began to tell it. */
function endsOfBookings({ bookings, deliveries, clientBookings }: EventRecords, circumstances: Circumstances) {
  const begun = new Set(deliveries.map(({ bookingId, type }) => `${bookingId} ${type}`));
  const copyOf = byId(clientBookings);
  return bookings.flatMap((booking) => {
    const { _id: bookingId, version, changedAt } = booking;
    const isKnown = (copyOf.get(bookingId)?.version ?? -1) >= version;
    if (isKnown || !quiet(circumstances, changedAt)) return [];
    return endsOf(booking)
      .filter((type) => !begun.has(`${bookingId} ${type}`))
      .flatMap((type) => unless('never_told', false, `Nobody has begun to tell client-app ${type}.`, { bookingId }));
  });
}

/** Each outcome of a payment or refund is told to ticket-app. */
function outcomes({ _id: bookingId, attempts, refund, deliveries }: Invoice, circumstances: Circumstances) {
  const settled = [
    ...attempts.flatMap(({ attemptId, outcome, settledAt }) =>
      outcome ? [{ type: `payment.${outcome}`, id: attemptId, at: settledAt }] : [],
    ),
    ...(refund?.settledAt ? [{ type: 'refund.succeeded', id: refund.refundId, at: refund.settledAt }] : []),
  ];
  const begun = new Set(deliveries.flatMap(({ type, attemptId, refundId }) => [`${type} ${attemptId ?? refundId}`]));
  return [
    ...settled
      .filter(({ type, id, at }) => !begun.has(`${type} ${id}`) && quiet(circumstances, at))
      .flatMap(({ type }) =>
        unless('outcome_never_told', false, `Nobody has begun to tell ticket-app ${type}.`, { bookingId }),
      ),
    ...deliveries
      .filter(({ status, createdAt }) => status !== 'delivered' && quiet(circumstances, createdAt))
      .flatMap(({ type, webhookId }) =>
        unless('outcome_undelivered', false, late(type, 'ticket-app'), { bookingId, webhookId }),
      ),
  ];
}
