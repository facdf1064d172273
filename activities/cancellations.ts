import { type BookingStatus, textOfReason } from '../lib/contracts/booking.ts';
import { ticketNumbersOf } from '../lib/contracts/booking-number.ts';
import { wordMoney } from '../lib/money.ts';
import type { BookingLedger } from '../services/ticket-app/models/booking-ledger.ts';
import type { TicketRecords } from '../services/ticket-app/models/ticket-records.ts';

export type RevokeAnswer =
  | { outcome: 'revoked' }
  | { outcome: 'ticket_used' | 'not_cancelling'; status: BookingStatus };

interface Dependencies {
  bookings: BookingLedger;
  tickets: TicketRecords;
}

export type CancellationActivities = ReturnType<typeof createCancellationActivities>;

/** The steps of cancelling a confirmed booking in ticket-app's own database. Each may be repeated (K-1). */
export function createCancellationActivities({ bookings, tickets }: Dependencies) {
  /**
   * Takes the ticket back, so that no gate lets anybody in by it and its money may go. If it was used, the booking is
   * CONFIRMED again: a used ticket stays used, so an attempt that wakes up later does the same.
   */
  async function revokeTicket(bookingId: string): Promise<RevokeAnswer> {
    const booking = await bookings.get(bookingId);
    const { status, eventId, seatIds } = booking;
    // CANCELLED: an earlier run may have been ended half way, and everything after this may be repeated.
    if (status !== 'CANCELLING' && status !== 'CANCELLED') return { outcome: 'not_cancelling', status };
    const ticketNumbers = ticketNumbersOf(bookingId, seatIds.length);
    if ((await tickets.revoke(bookingId, { eventId, ticketNumbers })) === 'revoked') return { outcome: 'revoked' };
    const text = 'A ticket of this booking has been used at the gate, so it could not be cancelled.';
    return { outcome: 'ticket_used', status: (await bookings.resume(booking, text)).status };
  }

  /**
   * Writes the end down, and with it that money is owed. From here on the buyer knows. A refund that stands there already,
   * for a payment's webhook came again once the ticket was revoked, is further on than that, and stays as it is.
   */
  async function writeCancelled(bookingId: string): Promise<void> {
    const { reason, invoice } = await bookings.get(bookingId);
    if (!reason || !invoice) throw new Error(`Booking ${bookingId} has no reason to be cancelled, or no invoice.`);
    const owed = { refundId: bookingId, status: 'pending', amount: invoice.amount, at: new Date() } as const;
    const because = `${textOfReason[reason]} Its ticket is no longer valid`;
    const text = `${because}, and ${wordMoney(invoice)} is to be returned.`;
    const noneYet = { refund: { $exists: false } };
    const { status } = await bookings.end(bookingId, 'CANCELLED', reason, text, { refund: owed }, noneYet);
    if (status !== 'CANCELLED') await bookings.end(bookingId, 'CANCELLED', reason, `${because}.`);
  }

  return { revokeTicket, writeCancelled };
}
