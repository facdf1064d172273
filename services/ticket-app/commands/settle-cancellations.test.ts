import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { CancelReason } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { temporalClient } from '../../../temporal/connection.ts';
import { useDatabase } from '../../../test/database.ts';
import { temporalAddress } from '../../../test/engines.ts';
import { cancellationWorkflowId } from '../../../workflows/cancellation/cancellation.messages.ts';
import { createBookingLedger } from '../models/booking-ledger.ts';
import { createSettleCancellations } from './settle-cancellations.ts';

describe('the sweep of cancellations', () => {
  const database = useDatabase('ticket-app');
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  const made: string[] = [];
  const bookings = () => createBookingLedger(database());
  const sweep = (now: Date) =>
    createSettleCancellations({ bookings: bookings(), temporal, log: createLogger('ticket-app', 'silent') })(now);
  const workflowOf = (bookingId: string) => temporal.workflow.getHandle(cancellationWorkflowId(bookingId));
  const isStarted = (bookingId: string) =>
    workflowOf(bookingId)
      .describe()
      .then(
        () => true,
        () => false,
      );

  async function cancelling(reason: string): Promise<string> {
    const bookingId = newId();
    const claimBefore = new Date();
    const whose = { customerId: 'ayu', eventId: 'gamelan', seatIds: ['A-1-1'], claimBefore };
    await bookings().begin({ _id: bookingId, runId: 'run-1', ...whose });
    const confirmed = await bookings().move(bookingId, 'CONFIRMED', { step: 'confirmed', text: 'Paid.' });
    await bookings().beginCancelling(confirmed, { reason: reason as CancelReason, text: 'You asked for it.' });
    made.push(bookingId);
    return bookingId;
  }

  before(async () => {
    await temporal.connection.ensureConnected();
  });
  after(async () => {
    for (const bookingId of made)
      await workflowOf(bookingId)
        .terminate()
        .catch(() => undefined);
    await temporal.connection.close();
  });

  it('starts what has been left for 10 s, once, and is held up by none that cannot be started', async () => {
    // Written by no code of ours, and the oldest.
    const broken = await cancelling('payment_expired');
    const left = await cancelling('cancelled_by_customer');
    await sweep(new Date());
    expect(await isStarted(left)).to.equal(false);
    const later = new Date(Date.now() + 11_000);
    await sweep(later);
    expect([await isStarted(broken), await isStarted(left)]).to.deep.equal([false, true]);
    const { runId } = await workflowOf(left).describe();
    await sweep(later);
    expect((await workflowOf(left).describe()).runId).to.equal(runId);
  });
});
