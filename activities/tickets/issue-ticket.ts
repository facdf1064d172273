import type { KeyObject } from 'node:crypto';
import { type BookingLedger, wasConfirmed } from '../../services/ticket-app/models/booking-ledger.ts';
import type { Customers } from '../../services/ticket-app/models/customers.ts';
import type { FindEvent } from '../../services/ticket-app/models/event.ts';
import type { PurchaseLimits } from '../../services/ticket-app/models/purchase-limits.ts';
import type { TicketRecords } from '../../services/ticket-app/models/ticket-records.ts';
import { createTicketOrders } from './ticket-orders.ts';
import { renderTicketPdf } from './ticket-pdf.ts';

interface Dependencies {
  bookings: BookingLedger;
  tickets: TicketRecords;
  limits: PurchaseLimits;
  findEvent: FindEvent;
  customers: Customers;
  signingKey: KeyObject;
}

export type TicketActivities = ReturnType<typeof createTicketActivities>;

export function createTicketActivities({ bookings, tickets, limits, findEvent, customers, signingKey }: Dependencies) {
  const orderOf = createTicketOrders({ findEvent, customers, signingKey });

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
