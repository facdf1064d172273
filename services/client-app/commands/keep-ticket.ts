import { createHash } from 'node:crypto';
import type { Dependencies } from '../dependencies.ts';
import type { TicketUpload } from '../models/ticket-store.ts';

/** `not_now`: the PDF could not be had, or is not the one that was told of. */
export type KeptTicket = 'kept' | 'nothing_to_keep' | 'not_now';

/**
 * Fetches a booking's ticket and stores it, unless it has none or its file is there. Of two at once one is kept, and
 * the other deletes its file; what a crash leaves behind is swept (jobs/sweep-uploads.ts).
 */
export async function keepTicket(dependencies: Dependencies, bookingId: string): Promise<KeptTicket> {
  const { bookings, tickets, ticketing, log } = dependencies;
  const booking = await bookings.find(bookingId);
  if (!booking?.ticket || booking.status !== 'CONFIRMED') return 'nothing_to_keep';
  const { sha256 } = booking.ticket;
  if (booking.ticketFile?.sha256 === sha256) return 'kept';

  const pdf = await ticketing.ticketPdf(bookingId);
  if (!pdf) return 'not_now';
  if (createHash('sha256').update(pdf).digest('hex') !== sha256) {
    log.error({ bookingId, wanted: sha256 }, 'the ticket that was fetched is not the one that was told of');
    return 'not_now';
  }
  const fileId = await tickets.upload(bookingId, pdf);
  const kept = await bookings.keepTicketFile(booking, { fileId, sha256, length: pdf.length });
  await tickets.settle(fileId, kept);
  return 'kept';
}

/** Forgets a ticket's file that is not whole any more, so that it is fetched again. Tells whether it did. */
export async function forgetLostTicket({ bookings, tickets }: Dependencies, bookingId: string): Promise<boolean> {
  const file = (await bookings.find(bookingId))?.ticketFile;
  if (!file || (await tickets.isWhole(file))) return false;
  await bookings.forgetTicketFile(bookingId, file);
  return true;
}

/** Ends an upload that was broken off: its file is the booking's ticket (only the last step was lost), or goes. */
export async function settleAbandonedUpload(
  { bookings, tickets, log }: Dependencies,
  upload: TicketUpload,
): Promise<void> {
  const booking = await bookings.find(upload.bookingId);
  const fileId = tickets.fileIdOf(upload);
  const kept = booking?.ticketFile?.fileId.equals(fileId) === true;
  await tickets.settle(fileId, kept);
  log.info({ bookingId: upload.bookingId, kept }, 'settled an upload that was broken off');
}
