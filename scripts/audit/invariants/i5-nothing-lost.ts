import type { Booking as ClientBooking } from '../../../services/client-app/models/booking.ts';
import type { Booking } from '../../../services/ticket-app/models/booking.ts';
import { type Acknowledged, type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';

/** I5: nothing acknowledged is lost: what a caller was told is so, and client-app's copies of bookings are what they copy. */
export const nothingLost: Invariant = (records, circumstances) => {
  const copyOf = byId(records.clientBookings);
  const known = new Set(records.bookings.map(({ _id }) => _id));
  return [
    ...circumstances.acknowledged.flatMap((told) => whatWasTold(told, records)),
    ...records.bookings.flatMap((booking) => copyOfBooking(booking, copyOf.get(booking._id), circumstances)),
    ...records.clientBookings.flatMap((booking) => [
      ...sourceOfCopy(booking, known.has(booking._id), circumstances),
      ...ticketOfCopy(booking, records, circumstances),
    ]),
  ];
};

function whatWasTold(told: Acknowledged, { clientBookings, clientEntries, invoices }: EventRecords): Violation[] {
  if (told.kind === 'payment') {
    const { bookingId, attemptId } = told;
    const invoice = invoices.find(({ _id }) => _id === bookingId);
    const isThere = invoice?.attempts.some((attempt) => attempt.attemptId === attemptId) === true;
    return unless('told_and_lost', isThere, `Payment ${attemptId} was acknowledged and is not there.`, { bookingId });
  }
  const documents = told.kind === 'booking' ? clientBookings : clientEntries;
  const found = documents.find(({ _id }) => _id === told.id);
  const isSo = found !== undefined && (told.status === undefined || found.status === told.status);
  const what = `The ${told.kind} was told to be ${told.status ?? 'there'}; it is ${found?.status ?? 'missing'}.`;
  const subject = told.kind === 'booking' ? { bookingId: told.id } : { entryId: told.id };
  return unless(found ? 'told_and_different' : 'told_and_lost', isSo, what, subject);
}

/** What of a booking its buyer is shown, as both sides keep it. */
const shown = (booking: Booking | ClientBooking): Record<string, string | undefined> => ({
  status: booking.status,
  reason: booking.reason,
  customer: booking.customerId,
  seats: booking.seatIds.join(),
  invoice: booking.invoice?.invoiceNumber,
  sum: booking.invoice && String(booking.invoice.amount),
  deadline: booking.expiresAt?.toISOString(),
  refund: booking.refund?.status,
  ticket: booking.ticket?.sha256,
});

function copyOfBooking(source: Booking, copy: ClientBooking | undefined, circumstances: Circumstances): Violation[] {
  const { _id: bookingId, status, version, changedAt } = source;
  if (!quiet(circumstances, changedAt)) return [];
  const has = copy ? `${copy.status} (version ${copy.version})` : 'nothing';
  const what = `The booking is ${status} (version ${version}); client-app has ${has}.`;
  if (!copy) return unless('copy_missing', false, what, { bookingId });
  if (copy.version !== version)
    return unless(copy.version < version ? 'copy_behind' : 'copy_ahead', false, what, { bookingId });
  const [here, there] = [shown(source), shown(copy)];
  const different = Object.keys(here).filter((name) => here[name] !== there[name]);
  const which = `client-app has another ${different.join(', ')} of the booking than ticket-app, of one version.`;
  return unless('copy_differs', different.length === 0, which, { bookingId });
}

function sourceOfCopy(booking: ClientBooking, isKnown: boolean, circumstances: Circumstances): Violation[] {
  const { _id: bookingId, status, version, startBefore } = booking;
  const isDue = startBefore !== undefined && startBefore <= circumstances.quietSince;
  const isUnanswered = version === 0 && status === 'REQUESTED' && isDue;
  return [
    ...unless('unanswered', !isUnanswered, 'client-app never learned what became of the booking.', { bookingId }),
    ...unless('booking_lost', version === 0 || isKnown, 'client-app knows a booking that ticket-app does not.', {
      bookingId,
    }),
  ];
}

/** The PDF that a buyer gets is the one of the ticket. */
function ticketOfCopy(booking: ClientBooking, { clientFiles }: EventRecords, circumstances: Circumstances) {
  const { _id: bookingId, status, ticket, ticketFile, updatedAt } = booking;
  if (status !== 'CONFIRMED' || !quiet(circumstances, updatedAt)) return [];
  const isTheirs = ticketFile !== null && ticketFile !== undefined && ticketFile.sha256 === ticket?.sha256;
  if (!isTheirs) {
    const what = ticketFile
      ? 'The booking is CONFIRMED, and its buyer gets the PDF of another ticket.'
      : 'The booking is CONFIRMED, but its buyer cannot get the ticket.';
    return unless('ticket_not_fetched', false, what, { bookingId });
  }
  const file = clientFiles.get(ticketFile.fileId.toHexString());
  const isWhole = file?.isWhole === true && file.length === ticketFile.length;
  return unless('ticket_file_lost', isWhole, 'client-app has lost the PDF that it kept of the ticket.', { bookingId });
}
