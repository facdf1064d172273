import { expect } from 'chai';
import { after, describe, it } from 'mocha';
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

describe('a booking call that is repeated after its workflow has closed', () => {
  const database = useDatabase('ticket-app');
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  after(() => temporal.connection.close());

  it('starts no second one, and says that nobody knows (K-1, K-4)', async () => {
    const [bookingId, eventId] = [newId(), newId()];
    await createSeatLedger(database()).add(eventId, someSeats(1));
    const workflowId = bookingWorkflowId(bookingId);
    await temporal.workflow.start(bookingWorkflowType, { workflowId, taskQueue: `none-${bookingId}`, args: [] });
    const first = await temporal.workflow.getHandle(workflowId).describe();
    await temporal.workflow.getHandle(workflowId).terminate('a test');

    const bookSeats = createBookSeats({
      connection: database(),
      bookings: createBookingLedger(database()),
      customers: createCustomers(database()),
      findEvent: async () => onSale,
      temporal,
      log: createLogger('ticket-app', 'silent'),
    });
    const startBefore = new Date(Date.now() + 3_000).toISOString();
    const call = { bookingId, customerId: newId(), customerName: 'Ayu', eventId, seatIds: ['A-1-1'], startBefore };
    expect(await bookSeats(call)).to.deep.equal({ outcome: 'unknown' });

    const last = await temporal.workflow.getHandle(workflowId).describe();
    expect([last.runId, last.status.name]).to.deep.equal([first.runId, 'TERMINATED']);
  });
});
