import type { Connection } from 'mongoose';
import type { Booking } from '../models/booking.ts';
import type { BookingLedger } from '../models/booking-ledger.ts';
import type { Deliveries, Delivery } from '../models/deliveries.ts';
import { type Seat, seatModel } from '../models/seat.ts';
import { type TicketRecord, ticketRecordModel } from '../models/ticket-record.ts';
import type { EntryInQueue, ReadWaitlist } from './read-waitlist.ts';

export interface InspectedBooking {
  booking: Booking;
  seats: Seat[];
  ticket: TicketRecord | null;
  deliveries: Delivery[];
  /** The place in a queue that it is the offer of. */
  entry: EntryInQueue | undefined;
}

interface Dependencies {
  connection: Connection;
  bookings: BookingLedger;
  deliveries: Deliveries;
  waitlist: ReadWaitlist;
}

export type InspectBooking = ReturnType<typeof createInspectBooking>;

/** Everything that ticket-app keeps of one booking, for operators. Undefined: no such booking. */
export function createInspectBooking({ connection, bookings, deliveries, waitlist }: Dependencies) {
  return async (bookingId: string): Promise<InspectedBooking | undefined> => {
    const booking = await bookings.find(bookingId);
    if (!booking) return undefined;
    const { eventId, seatIds, waitlistEntryId } = booking;
    const [seats, ticket, told, entry] = await Promise.all([
      seatModel(connection)
        .find({ eventId, seatId: { $in: seatIds } })
        .sort({ seatId: 1 })
        .lean<Seat[]>(),
      ticketRecordModel(connection).findById(bookingId).lean<TicketRecord | null>(),
      deliveries.about({ bookingId }),
      waitlistEntryId === undefined ? undefined : waitlist.place(waitlistEntryId),
    ]);
    return { booking, seats, ticket, deliveries: told, entry };
  };
}
