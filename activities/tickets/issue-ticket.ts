import type { KeyObject } from 'node:crypto';
import { bookingNumber, ticketNumber as ticketNumberOf } from '../../lib/contracts/booking-number.ts';
import type { Booking } from '../../services/ticket-app/models/booking.ts';
import { type BookingLedger, wasConfirmed } from '../../services/ticket-app/models/booking-ledger.ts';
import type { Customers } from '../../services/ticket-app/models/customers.ts';
import type { FindEvent } from '../../services/ticket-app/models/event.ts';
import type { PurchaseLimits } from '../../services/ticket-app/models/purchase-limits.ts';
import type { TicketRecords } from '../../services/ticket-app/models/ticket-records.ts';
import { signTicketToken } from '../../services/ticket-app/tickets/ticket-token.ts';
import { renderTicketPdf, type TicketOrder } from './ticket-pdf.ts';

interface Dependencies {
  bookings: BookingLedger;
  tickets: TicketRecords;
  limits: PurchaseLimits;
  findEvent: FindEvent;
  customers: Customers;
  signingKey: KeyObject;
}

export type TicketActivities = ReturnType<typeof createTicketActivities>;

/** Gates go on letting people in for this long after the printed end. */
const graceMs = 6 * 3_600_000;

export function createTicketActivities({ bookings, tickets, limits, findEvent, customers, signingKey }: Dependencies) {
  async function orderOf(booking: Booking): Promise<TicketOrder> {
    const event = await findEvent(booking.eventId);
    if (!event || !booking.seats) throw new Error(`Booking ${booking._id} has no event or no seats to print.`);
    const number = bookingNumber(booking._id);
    const validUntil = new Date(event.endsAt.getTime() + graceMs);
    const seats = booking.seats.map(async (seat, index) => {
      const ticketNumber = ticketNumberOf(booking._id, index);
      const token = await signTicketToken(
        {
          ticketNumber,
          bookingId: booking._id,
          eventId: booking.eventId,
          seatId: seat.seatId,
          validFrom: booking.createdAt,
          validUntil,
        },
        signingKey,
      );
      return { ...seat, ticketNumber, token };
    });
    const { title, venue, city, startsAt, doorsAt } = event;
    return {
      bookingId: booking._id,
      bookingNumber: number,
      issuedAt: booking.createdAt,
      holderName: (await customers.nameOf(booking.customerId)) ?? number,
      organizerName: event.organizerName,
      event: { title, venue, city, startsAt, ...(doorsAt && { doorsAt }) },
      seats: await Promise.all(seats),
    };
  }

  /** Makes and stores the PDF and writes CONFIRMED, as one step: the ticket is the booking's record. `revoked`: a refund came first. */
  async function issueTicket(bookingId: string): Promise<'issued' | 'revoked'> {
    const booking = await bookings.get(bookingId);
    const purchase = { eventId: booking.eventId, customerId: booking.customerId, bookingId };
    if (wasConfirmed(booking)) {
      // By an attempt whose answer was lost. Since then the ticket may have been taken back, which is not a refund that came first.
      await limits.markPaid(purchase);
      return 'issued';
    }
    let ticket = await tickets.issue(bookingId);
    if (ticket.status === 'REVOKED') {
      // An earlier attempt may have confirmed it since it was read above, and a cancellation taken the ticket back.
      return wasConfirmed(await bookings.get(bookingId)) ? 'issued' : 'revoked';
    }
    if (!ticket.fileId) ticket = await tickets.attachPdf(bookingId, await renderTicketPdf(await orderOf(booking)));
    if (!ticket.sha256) throw new Error(`The ticket of booking ${bookingId} has no file.`);
    const moved = await bookings.move(
      bookingId,
      'CONFIRMED',
      { step: 'confirmed', text: 'Paid. Your ticket is ready.' },
      { ticket: { id: bookingId, sha256: ticket.sha256 } },
    );
    if (!wasConfirmed(moved)) throw new Error(`Booking ${bookingId} is ${moved.status} and cannot be confirmed.`);
    await limits.markPaid(purchase);
    return 'issued';
  }

  return { issueTicket };
}
