import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { temporalAddress } from '../../test/engines.ts';
import { waitUntil } from '../../test/wait-until.ts';
import {
  answerMarginMs,
  type BookingOutcome,
  bookingWorkflowId,
  bookingWorkflowType,
  cancel,
  type PaymentSettled,
  paymentSettled,
  refundSettled,
} from './booking.messages.ts';

type Step = (...given: never[]) => Promise<unknown>;

/** Only a returned value is an outcome: this is an answer that never comes. */
const noAnswer = () => Promise.reject(ApplicationFailure.nonRetryable('No answer in time.'));

/** What each step answers unless a test says otherwise; which steps were asked for, in their order. */
const goodAnswers: Record<string, Step> = {
  beginBooking: async () => ({ outcome: 'begun', holdMs: 60_000 }),
  holdAtOrganizer: async () => ({ outcome: 'held' }),
  createInvoice: async () => ({ outcome: 'created' }),
  voidInvoice: async () => ({ status: 'VOIDED' }),
  confirmSeats: async () => 'confirmed',
  issueTicket: async () => 'issued',
  requestRefund: async () => ({ status: 'succeeded' }),
  endBooking: async () => {},
  releaseSeats: async () => {},
  releaseAtOrganizer: async () => {},
  notifyClientApp: async () => {},
};

describe('the order in which a booking does its steps', function () {
  this.timeout(60_000);
  const client = temporalClient({ TEMPORAL_ADDRESS: temporalAddress(), TEMPORAL_NAMESPACE: 'default' });
  const taskQueue = `order-of-steps-${newId()}`;
  let worker: Worker;
  let running: Promise<void>;
  let connection: NativeConnection;
  let answers: Record<string, Step>;
  let asked: string[];

  before(async () => {
    // Steps fail here on purpose, and the worker would tell each time.
    const logger = new DefaultLogger('ERROR');
    Runtime.install({ logger, telemetryOptions: { logging: { filter: 'off' } } });
    connection = await NativeConnection.connect({ address: temporalAddress() });
    const steps = Object.keys(goodAnswers).map((name): [string, Step] => [
      name,
      async (...given) => {
        asked.push(name);
        return answers[name]?.(...given);
      },
    ]);
    const workflowsPath = new URL('../index.ts', import.meta.url).pathname;
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
    worker = await Worker.create({ connection, taskQueue, workflowBundle, activities: Object.fromEntries(steps) });
    running = worker.run();
  });
  after(async () => {
    worker.shutdown();
    await running;
    await Promise.all([connection.close(), client.connection.close()]);
  });
  beforeEach(() => {
    asked = [];
    answers = { ...goodAnswers };
  });

  const start = (startBefore = Date.now() + 10_000) => {
    const bookingId = newId();
    const ids = { bookingId, customerId: 'ayu', eventId: 'gamelan', seatIds: ['A-1-1'] };
    return client.workflow.start(bookingWorkflowType, {
      taskQueue,
      workflowId: bookingWorkflowId(bookingId),
      args: [{ ...ids, startBefore }],
    });
  };
  const outcomeOf = async (handle: Awaited<ReturnType<typeof start>>) => (await handle.result()) as BookingOutcome;
  const settled = (invoiceStatus: PaymentSettled['invoiceStatus']): PaymentSettled => ({
    attemptId: newId(),
    invoiceStatus,
    triesLeft: 0,
  });
  const untilAsked = (name: string) => waitUntil(name, async () => asked.includes(name));
  const expiresAtOnce: Step = async () => ({ outcome: 'begun', holdMs: 1 });
  const releases = ['releaseAtOrganizer', 'releaseSeats'];

  it('at the end of the hold: void first, and only then are seats released (void-first)', async () => {
    answers.beginBooking = expiresAtOnce;
    const outcome = await outcomeOf(await start());
    expect(outcome).to.deep.equal({ status: 'FAILED', reason: 'payment_expired' });
    const order = asked.filter((name) => ['voidInvoice', 'endBooking', ...releases].includes(name));
    expect(order).to.deep.equal(['voidInvoice', 'endBooking', ...releases]);
  });

  it('when the void says PAID: nobody signalled it, and it is confirmed all the same (K-3)', async () => {
    answers.beginBooking = expiresAtOnce;
    answers.voidInvoice = async () => ({ status: 'PAID' });
    expect(await outcomeOf(await start())).to.deep.equal({ status: 'CONFIRMED' });
    expect(asked).to.include.members(['confirmSeats', 'issueTicket']);
    expect(asked).not.to.include.oneOf([...releases, 'endBooking']);
  });

  it('when the void says PROCESSING: it asks again before it releases anything', async () => {
    answers.beginBooking = expiresAtOnce;
    const told = ['PROCESSING', 'VOIDED'];
    answers.voidInvoice = async () => ({ status: told.shift() });
    expect(await outcomeOf(await start())).to.include({ reason: 'payment_expired' });
    const order = asked.filter((name) => ['voidInvoice', ...releases].includes(name));
    expect(order).to.deep.equal(['voidInvoice', 'voidInvoice', ...releases]);
  });

  it('PAID beats any decline, in whatever order they are heard', async () => {
    for (const heard of [
      ['PAID', 'FAILED'],
      ['FAILED', 'PAID'],
      ['PAID', 'PENDING'],
    ] as const) {
      let letGo = () => {};
      asked = [];
      // Both are heard before the booking looks at either.
      answers.createInvoice = () =>
        new Promise((resolve) => {
          letGo = () => resolve({ outcome: 'created' });
        });
      const handle = await start();
      await untilAsked('createInvoice');
      for (const status of heard) await handle.signal(paymentSettled, settled(status));
      letGo();
      expect(await outcomeOf(handle), heard.join()).to.deep.equal({ status: 'CONFIRMED' });
      expect(asked, heard.join()).not.to.include('releaseSeats');
    }
  });

  it('an invoice whose answer never came is voided before anything is released (K-4)', async () => {
    answers.createInvoice = noAnswer;
    expect(await outcomeOf(await start())).to.deep.equal({ status: 'FAILED', reason: 'payment_unavailable' });
    const order = asked.filter((name) => ['voidInvoice', ...releases].includes(name));
    expect(order).to.deep.equal(['voidInvoice', ...releases]);
  });

  it('an invoice whose answer never came and that was paid meanwhile is confirmed (K-4)', async () => {
    answers.createInvoice = noAnswer;
    answers.voidInvoice = async () => ({ status: 'PAID' });
    expect(await outcomeOf(await start())).to.deep.equal({ status: 'CONFIRMED' });
  });

  it('a hold whose answer never came is released at the organizer, too (K-4)', async () => {
    answers.holdAtOrganizer = noAnswer;
    expect(await outcomeOf(await start())).to.deep.equal({ status: 'FAILED', reason: 'organizer_unavailable' });
    expect(asked).to.include.members(releases);
  });

  it('paid while it is being cancelled: the money goes back, and there is no ticket', async () => {
    answers.voidInvoice = async () => ({ status: 'PAID' });
    const handle = await start();
    await untilAsked('createInvoice');
    expect(await handle.executeUpdate(cancel, { args: ['cancelled_by_customer'] })).to.equal('refunding');
    expect(await outcomeOf(handle)).to.include({ status: 'CANCELLED' });
    expect(asked).to.include.members(['requestRefund', ...releases]);
    expect(asked).not.to.include('issueTicket');
  });

  it('paid for a seat that is lost, or a ticket that is barred: the money goes back', async () => {
    for (const lost of [{ confirmSeats: async () => 'lost' }, { issueTicket: async () => 'revoked' }]) {
      asked = [];
      answers = { ...goodAnswers, ...lost };
      const handle = await start();
      await handle.signal(paymentSettled, settled('PAID'));
      expect(await outcomeOf(handle)).to.include({ status: 'FAILED', reason: 'seat_lost_after_payment' });
      expect(asked).to.include.members(['requestRefund', ...releases]);
    }
  });

  it('of an older run is answered from its document, and touched by nothing', async () => {
    const older = { status: 'FAILED', reason: 'payment_expired' };
    answers.beginBooking = async () => ({ outcome: 'foreign', booking: older });
    expect(await outcomeOf(await start())).to.deep.equal(older);
    expect(asked).to.deep.equal(['beginBooking']);
  });

  it('a refund that is told to have failed is asked for once more, and then waited for', async () => {
    answers.confirmSeats = async () => 'lost';
    answers.requestRefund = async () => ({ status: 'pending' });
    const handle = await start();
    await handle.signal(paymentSettled, settled('PAID'));
    await untilAsked('requestRefund');
    await handle.signal(refundSettled);
    const refunds = () => asked.filter((name) => name === 'requestRefund').length;
    await waitUntil('the refund to be asked for again', async () => refunds() === 2);
    answers.requestRefund = async () => ({ status: 'succeeded' });
    await handle.signal(refundSettled);
    await outcomeOf(handle);
    expect(refunds()).to.equal(3);
  });

  it('a refund that finds a valid ticket ends there: there is never both', async () => {
    answers.confirmSeats = async () => 'lost';
    answers.requestRefund = async () => ({ status: 'has_ticket' });
    const handle = await start();
    await handle.signal(paymentSettled, settled('PAID'));
    await outcomeOf(handle);
    expect(asked.filter((name) => name === 'requestRefund')).to.have.length(1);
  });

  it('invoiced when the buyer is about to be told "not yet": the Client App is notified of the payment URL', async () => {
    const startBefore = Date.now() + 4_000;
    answers.createInvoice = async () => {
      await waitUntil('the answer to come too late', async () => Date.now() > startBefore - 2 * answerMarginMs);
      return { outcome: 'created' };
    };
    const handle = await start(startBefore);
    await untilAsked('notifyClientApp');
    await handle.executeUpdate(cancel, { args: ['cancelled_by_customer'] });
    await outcomeOf(handle);
    expect(asked.filter((name) => name === 'notifyClientApp')).to.have.length(2);
  });

  it('a Client App that never listens undoes nothing', async () => {
    answers.notifyClientApp = noAnswer;
    const handle = await start();
    await handle.signal(paymentSettled, settled('PAID'));
    expect(await outcomeOf(handle)).to.deep.equal({ status: 'CONFIRMED' });
    expect(asked).not.to.include('releaseSeats');
  });
});
