import { type Acknowledged, type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';

/** I5: nothing acknowledged is lost: what a caller was told is so, and whoever must be told has been told. */
export const nothingLost: Invariant = (records, circumstances) => [
  ...circumstances.acknowledged.flatMap((told) => whatWasTold(told, records)),
  ...bookingsAtClientApp(records, circumstances),
  ...entriesAtClientApp(records, circumstances),
  ...notifications(records, circumstances),
];

function whatWasTold(told: Acknowledged, { clientBookings, clientEntries, invoices }: EventRecords): Violation[] {
  if (told.kind === 'payment') {
    const invoice = invoices.find(({ _id }) => _id === told.bookingId);
    const isThere = invoice?.attempts.some(({ attemptId }) => attemptId === told.attemptId) === true;
    return unless('I5', isThere, `Payment ${told.attemptId} was acknowledged and is not there.`, [told.bookingId]);
  }
  const documents = told.kind === 'booking' ? clientBookings : clientEntries;
  const found = documents.find(({ _id }) => _id === told.id);
  const isSo = found !== undefined && (told.status === undefined || found.status === told.status);
  const what = `The ${told.kind} was told to be ${told.status ?? 'there'}; it is ${found?.status ?? 'missing'}.`;
  return unless('I5', isSo, what, [told.id]);
}

interface Kept {
  _id: string;
  status: string;
  version: number;
}

/** The copy is there and says the same. */
function copies(
  kind: string,
  sources: Array<Kept & { changedAt: Date }>,
  copied: Kept[],
  circumstances: Circumstances,
) {
  const copyOf = byId(copied);
  return sources.flatMap(({ _id, status, version, changedAt }) => {
    if (!quiet(circumstances, changedAt)) return [];
    const copy = copyOf.get(_id);
    const isSame = copy?.version === version && copy.status === status;
    const what = `The ${kind} is ${status} (version ${version}); client-app has ${copy ? `${copy.status} (version ${copy.version})` : 'nothing'}.`;
    return unless('I5', isSame, what, [_id]);
  });
}

function bookingsAtClientApp(records: EventRecords, circumstances: Circumstances): Violation[] {
  const { bookings, clientBookings } = records;
  const sourceOf = byId(bookings);
  return [
    ...copies('booking', bookings, clientBookings, circumstances),
    ...clientBookings.flatMap((booking) => {
      const { _id, status, version, startBefore } = booking;
      const isDue = startBefore !== undefined && startBefore <= circumstances.quietSince;
      const isUnanswered = version === 0 && status === 'REQUESTED' && isDue;
      const isUnknown = version > 0 && !sourceOf.has(_id);
      const lacksTicket = status === 'CONFIRMED' && !booking.ticketFile && quiet(circumstances, booking.updatedAt);
      return [
        ...unless('I5', !isUnanswered, 'client-app never learned what became of the booking.', [_id]),
        ...unless('I5', !isUnknown, 'client-app knows a booking that ticket-app does not.', [_id]),
        ...unless('I5', !lacksTicket, 'The booking is CONFIRMED, but its buyer cannot get the ticket.', [_id]),
      ];
    }),
  ];
}

function entriesAtClientApp({ entries, clientEntries }: EventRecords, circumstances: Circumstances): Violation[] {
  const sourceOf = byId(entries);
  return [
    ...copies('entry', entries, clientEntries, circumstances),
    ...clientEntries.flatMap(({ _id, status, version, joinBefore }) => {
      const isDue = joinBefore !== undefined && joinBefore <= circumstances.quietSince;
      const isUnanswered = version === 0 && status === 'REQUESTED' && isDue;
      return [
        ...unless('I5', !isUnanswered, 'client-app never learned what became of the entry.', [_id]),
        ...unless('I5', version === 0 || sourceOf.has(_id), 'client-app knows an entry that ticket-app does not.', [
          _id,
        ]),
      ];
    }),
  ];
}

/** Whatever was to be told has been delivered. */
function notifications(records: EventRecords, circumstances: Circumstances): Violation[] {
  const { deliveries, entries, invoices } = records;
  const undelivered = (type: string, to: string, id: string) =>
    unless('I5', false, `${type} has not been delivered to ${to}.`, [id]);
  return [
    ...deliveries
      .filter(({ deliveredAt, createdAt }) => deliveredAt === null && quiet(circumstances, createdAt))
      .flatMap(({ _id, type }) => undelivered(type, 'client-app', _id)),
    ...entries
      .flatMap(({ news }) => news)
      .filter(({ nextAttemptAt, createdAt }) => nextAttemptAt !== undefined && quiet(circumstances, createdAt))
      .flatMap(({ type, webhookId }) => undelivered(type, 'client-app', webhookId)),
    ...invoices
      .flatMap((invoice) => invoice.deliveries)
      .filter(({ status, createdAt }) => status !== 'delivered' && quiet(circumstances, createdAt))
      .flatMap(({ type, webhookId }) => undelivered(type, 'ticket-app', webhookId)),
  ];
}
