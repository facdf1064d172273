import type { KeyObject } from 'node:crypto';
import { bookingNumber, ticketNumber as ticketNumberOf } from '../../lib/contracts/booking-number.ts';
import type { Booking } from '../../services/ticket-app/models/booking.ts';
import type { Customers } from '../../services/ticket-app/models/customers.ts';
import type { FindEvent } from '../../services/ticket-app/models/event.ts';
import { signTicketToken } from '../../services/ticket-app/tickets/ticket-token.ts';
import type { TicketOrder } from './ticket-order.ts';

interface Dependencies {
  findEvent: FindEvent;
  customers: Customers;
  signingKey: KeyObject;
}

/** Gates go on letting people in for this long after the printed end. */
const graceMs = 6 * 3_600_000;

/** What is printed on a booking's tickets, with the signed code of each seat. Throws where the event is gone. */
export function createTicketOrders({ findEvent, customers, signingKey }: Dependencies) {
  return async (booking: Booking): Promise<TicketOrder> => {
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
  };
}
