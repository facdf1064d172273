import { expect } from 'chai';
import { after, beforeEach, describe, it } from 'mocha';
import type { BookingCall } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { temporalClient } from '../../../temporal/connection.ts';
import { useDatabase } from '../../../test/database.ts';
import { temporalAddress } from '../../../test/engines.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { bookingWorkflowId, bookingWorkflowType } from '../../../workflows/booking/booking.messages.ts';
import { createBookingLedger } from '../models/booking-ledger.ts';
import { createCustomers } from '../models/customers.ts';
import type { Event } from '../models/event.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createBookSeats } from './book-seats.ts';

const hour = 3_600_000;
const onSale = {
  status: 'published',
  salesStartAt: new Date(Date.now() - hour),
  salesEndAt: new Date(Date.now() + hour),
} as Event;

describe('a booking call that is repeated', () => {
  const database = useDatabase('ticket-app');
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  let call: BookingCall;
  after(() => temporal.connection.close());

  beforeEach(async () => {
    const [bookingId, eventId] = [newId(), newId()];
    await createSeatLedger(database()).add(eventId, someSeats(1));
    const startBefore = new Date(Date.now() + 3_000).toISOString();
    call = { bookingId, customerId: newId(), customerName: 'Ayu', eventId, seatIds: ['A-1-1'], startBefore };
    // No worker polls this queue: the workflow runs, and does nothing.
    const workflowId = bookingWorkflowId(bookingId);
    await temporal.workflow.start(bookingWorkflowType, { workflowId, taskQueue: `none-${bookingId}`, args: [] });
  });

  const workflow = () => temporal.workflow.getHandle(bookingWorkflowId(call.bookingId));
  const bookSeats = () =>
    createBookSeats({
      connection: database(),
      bookings: createBookingLedger(database()),
      customers: createCustomers(database()),
      findEvent: async () => onSale,
      temporal,
      bookingsInFlight: 64,
      log: createLogger('ticket-app', 'silent'),
    })(call);

  it('after its workflow has closed: starts no second one, and says that nobody knows (K-1, K-4)', async () => {
    const first = await workflow().describe();
    await workflow().terminate('a test');
    expect(await bookSeats()).to.deep.equal({ outcome: 'unknown' });
    const last = await workflow().describe();
    expect([last.runId, last.status.name]).to.deep.equal([first.runId, 'TERMINATED']);
  });

  it('while its workflow runs: attaches to it, and finds its own seat not taken (K-1)', async () => {
    const { eventId, bookingId, customerId } = call;
    const claimBefore = new Date(Date.now() + 60_000);
    await createSeatLedger(database()).claim({ eventId, seatId: 'A-1-1', bookingId, customerId, claimBefore });
    const first = await workflow().describe();
    expect(await bookSeats()).to.deep.equal({ outcome: 'unknown' });
    const last = await workflow().describe();
    expect([last.runId, last.status.name]).to.deep.equal([first.runId, 'RUNNING']);
    await workflow().terminate('a test');
  });
});
