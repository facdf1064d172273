import { type Circumstances, type Invariant, quiet, unless, type Violation } from '../invariant.ts';
import { byId, type EventRecords } from '../records.ts';

/** I2: a ticket is what it says: its PDF, its seats, and how it was used or taken back. */
export const ticketRecords: Invariant = (records, circumstances) => [
  ...pdfs(records, circumstances),
  ...usesAndRevocations(records),
];

function pdfs({ tickets, bookings, files }: EventRecords, circumstances: Circumstances): Violation[] {
  const bookingOf = byId(bookings);
  return tickets.flatMap(({ _id: bookingId, status, fileId, sha256 }) => {
    const booking = bookingOf.get(bookingId);
    if (status !== 'VALID' || !quiet(circumstances, booking?.changedAt)) return [];
    const file = fileId ? files.get(fileId.toHexString()) : undefined;
    const isThere = file?.isWhole === true && sha256 !== undefined;
    const told = booking?.status === 'CONFIRMED' ? booking.ticket?.sha256 : sha256;
    const what = file && !file.isWhole ? 'parts of its PDF are missing' : 'its PDF is missing';
    return [
      ...unless('pdf_missing', isThere, `The ticket is valid, but ${what}.`, { bookingId }),
      ...unless(
        'pdf_differs',
        sha256 === undefined || told === sha256,
        'The booking names another PDF than its ticket does.',
        { bookingId },
      ),
    ];
  });
}

function usesAndRevocations({ tickets, bookings }: EventRecords): Violation[] {
  const bookingOf = byId(bookings);
  return tickets.flatMap(({ _id: bookingId, status, uses = [], revokedAt, ticketNumbers, eventId }) => {
    const seatIds = bookingOf.get(bookingId)?.seatIds ?? [];
    const stranger = uses.find(({ seatId }) => !seatIds.includes(seatId))?.seatId;
    const isListed = revokedAt === undefined || (eventId !== undefined && ticketNumbers?.length === seatIds.length);
    return [
      ...unless(
        'used_by_a_stranger',
        stranger === undefined,
        `Seat ${stranger} was let in by a ticket that is not for it.`,
        { bookingId },
      ),
      ...unless(
        'used_and_revoked',
        !(status === 'REVOKED' && uses.length > 0),
        'The ticket was taken back after it had been used.',
        { bookingId },
      ),
      ...unless('revocation_unlisted', isListed, 'The ticket was taken back, and gates are not told its numbers.', {
        bookingId,
      }),
    ];
  });
}
