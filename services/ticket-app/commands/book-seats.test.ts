import { expect } from 'chai';
import { after, beforeEach, describe, it } from 'mocha';
import type { BookingCall } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { temporalClient } from '../../../temporal/connection.ts';
import { useDatabase } from '../../../test/database.ts';
import { temporalAddress } from '../../../test/engines.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { createBookingLedger } from '../models/booking-ledger.ts';
import { createCustomers } from '../models/customers.ts';
import type { Event, FindEvent } from '../models/event.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createBookSeats } from './book-seats.ts';

const hour = 3_600_000;
const onSale = {
  status: 'published',
  salesStartAt: new Date(Date.now() - hour),
  salesEndAt: new Date(Date.now() + hour),
} as Event;

describe('the booking call, at the door', () => {
  const database = useDatabase('ticket-app');
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  after(() => temporal.connection.close());
  let call: BookingCall;

  beforeEach(async () => {
    const eventId = newId();
    call = {
      bookingId: newId(),
      customerId: newId(),
      customerName: 'Ayu',
      eventId,
      seatIds: ['A-1-1'],
      startBefore: new Date(Date.now() + 10_000).toISOString(),
    };
    await createSeatLedger(database()).add(eventId, someSeats(1));
  });

  const book = (findEvent: FindEvent) =>
    createBookSeats({
      connection: database(),
      bookings: createBookingLedger(database()),
      customers: createCustomers(database()),
      findEvent,
      temporal,
      bookingsInFlight: 64,
      log: createLogger('ticket-app', 'fatal'),
    })(call);

  /** What the same call, made through another process, comes to: the organizer refuses the seat, which is closed. */
  async function refusedMeanwhile(): Promise<void> {
    const bookings = createBookingLedger(database());
    const { bookingId, customerId, eventId, seatIds } = call;
    const claimBefore = new Date(Date.now() + 60_000);
    await bookings.begin({ _id: bookingId, runId: 'run-1', customerId, eventId, seatIds, claimBefore });
    await createSeatLedger(database()).close({ eventId, reason: 'organizer_refused' });
    await bookings.end(bookingId, 'FAILED', 'organizer_refused', 'Refused.', { refusedSeatIds: seatIds });
  }

  it('answers a repeat from the booking, although its seats are closed by now', async () => {
    await refusedMeanwhile();
    const answer = await book(async () => onSale);
    expect(answer).to.have.nested.property('booking.reason', 'organizer_refused');
  });

  it('answers equal calls that run beside each other equally, however they overlap', async () => {
    const answer = await book(async () => {
      await refusedMeanwhile();
      return onSale;
    });
    expect(answer).to.have.nested.property('booking.reason', 'organizer_refused');
  });

  it('answers a repeat of a booking whose event is gone from the booking', async () => {
    await refusedMeanwhile();
    expect(await book(async () => null)).to.have.nested.property('booking.reason', 'organizer_refused');
  });

  it('refuses what was never begun', async () => {
    await createSeatLedger(database()).close({ eventId: call.eventId, reason: 'broken' });
    const answer = await book(async () => onSale);
    expect(answer).to.deep.equal({ outcome: 'refused', reason: 'seat_closed', seatIds: ['A-1-1'] });
  });
});
