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
import { createTicketRecords } from '../models/ticket-records.ts';
import { createUnsettledBookings } from '../models/unsettled-bookings.ts';
import { createCancelBooking } from './cancel-booking.ts';
import { createSettleCancellations } from './settle-cancellations.ts';

describe('the sweep of cancellations', () => {
  const database = useDatabase('ticket-app');
  const temporal = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  const made: string[] = [];
  const bookings = () => createBookingLedger(database());
  const log = createLogger('ticket-app', 'silent');
  const cancelBooking = (bookingId: string, reason: CancelReason) => {
    const parts = { bookings: bookings(), tickets: createTicketRecords(database()), findEvent: async () => null };
    return createCancelBooking({ ...parts, temporal, log })(bookingId, reason, { patienceMs: 2_000 });
  };
  const sweep = (now: Date) =>
    createSettleCancellations({ unsettled: createUnsettledBookings(database()), cancelBooking, temporal, log })(now);
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
    const ticket = { id: bookingId, sha256: 'f'.repeat(64) };
    const confirmed = await bookings().move(bookingId, 'CONFIRMED', { step: 'confirmed', text: 'Paid.' }, { ticket });
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
  /** Cancelled, and its workflow terminated after that: whatever was to be given back is left to nobody. */
  async function terminated(refund: 'pending' | 'succeeded'): Promise<string> {
    const bookingId = await cancelling('cancelled_by_customer');
    const owed = { refundId: bookingId, status: refund, amount: 750_000, at: new Date() };
    await bookings().end(bookingId, 'CANCELLED', 'cancelled_by_customer', 'You cancelled.', { refund: owed });
    return bookingId;
  }

  it('starts the cancellation of what is CANCELLED and has waited for its money for 5 minutes', async () => {
    const [owing, settled] = [await terminated('pending'), await terminated('succeeded')];
    await sweep(new Date(Date.now() + 4 * 60_000));
    expect(await isStarted(owing)).to.equal(false);
    await sweep(new Date(Date.now() + 6 * 60_000));
    expect([await isStarted(owing), await isStarted(settled)]).to.deep.equal([true, false]);
  });

  it('and so does whoever cancels it again; an event that finds it holding a seat, also after the money is back', async () => {
    const [owing, settled] = [await terminated('pending'), await terminated('succeeded')];
    for (const bookingId of [owing, settled]) await cancelBooking(bookingId, 'cancelled_by_customer');
    expect([await isStarted(owing), await isStarted(settled)]).to.deep.equal([true, false]);
    await cancelBooking(settled, 'event_cancelled');
    expect(await isStarted(settled)).to.equal(true);
  });
});
