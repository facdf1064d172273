import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { kursi, kursiJson } from './kursi-stage.ts';
import {
  anEvent,
  atTicketApp,
  booked,
  bookingOf,
  closeDatabases,
  databaseOf,
  holdsAtX,
  invoiceOf,
  pay,
  person,
  seatsOf,
  untilStatus,
} from './stage.ts';
import { closeTemporal, runs, temporal } from './temporal-stage.ts';

interface Shown {
  bookingId: string;
  history: { status: string; bookingNumber: string } | null;
  ticketing: { booking: { status: string; refund?: { status: string } }; seats: { heldBy: string }[] };
  invoice: { status: string };
  workflows: { workflowId: string; status: string; url?: string }[];
  findings: { level: string; what: string; todo: string }[];
}
interface Released {
  plan: string;
  outcome: string;
  text: string;
}

const show = (bookingId: string) => kursiJson<Shown>(['booking', 'show', bookingId]);

async function aBooking(method?: string) {
  const buyer = await person();
  const eventId = await anEvent();
  const booking = await booked(buyer, eventId, ['A-1-1']);
  if (method !== undefined) {
    await pay(booking.paymentUrl, method);
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
  }
  return { buyer, ...booking };
}

/** As an operator does in the Web UI: nothing is given back by itself. */
async function terminate(bookingId: string): Promise<void> {
  await temporal().workflow.getHandle(bookingWorkflowId(bookingId)).terminate('a test');
  await waitUntil('the workflow to be gone', async () => !(await runs(bookingWorkflowId(bookingId))));
}

const seatOf = async (eventId: string) => (await seatsOf(eventId))['A-1-1'];

describe('the command line', function () {
  this.timeout(60_000);
  after(async () => {
    await closeTemporal();
    await closeDatabases();
  });

  it('shows a booking across all services, by its id and by its number', async () => {
    const { bookingId } = await aBooking('test_success');
    const { said } = await waitUntil('everybody to have been told', async () => {
      const shown = await show(bookingId);
      return shown.code === 0 && shown;
    });
    expect(said.findings).to.deep.equal([]);
    expect(said.ticketing.booking.status).to.equal('CONFIRMED');
    expect(said.history?.status).to.equal('CONFIRMED');
    expect(said.invoice.status).to.equal('PAID');
    expect(said.workflows.map(({ workflowId }) => workflowId)).to.deep.equal([bookingWorkflowId(bookingId)]);
    const byNumber = await kursi(['booking', 'show', String(said.history?.bookingNumber)]);
    expect(byNumber.code).to.equal(0);
    expect(byNumber.stdout.split('\n')[0]).to.match(/CONFIRMED: everybody agrees, nothing is stuck/);
    expect(byNumber.stdout).to.include(bookingId);
    // No terminal, no colours; and no secret of the payment URL.
    expect(byNumber.stdout).to.not.include('\u001b').and.not.include('/pay/');
  });

  it('finds the booking whose workflow was terminated, and has its seat back, the invoice first', async () => {
    const { buyer, eventId, bookingId, paymentUrl } = await aBooking();
    await terminate(bookingId);
    const { code, said } = await show(bookingId);
    expect(code).to.equal(1);
    expect(said.findings[0]?.what).to.include('TERMINATED');
    expect(said.findings[0]?.todo).to.equal(`kursi hold release ${bookingId}`);

    const dry = await kursiJson<Released>(['hold', 'release', bookingId, '--dry-run']);
    expect(dry.said).to.include({ plan: 'give_back', outcome: 'planned' });
    const unconfirmed = await kursi(['hold', 'release', bookingId]);
    expect(unconfirmed.code).to.equal(2);
    expect(unconfirmed.stderr).to.include('--yes');
    expect(await seatOf(eventId)).to.deep.equal({ status: 'ON_GOING', bookingId });
    expect((await invoiceOf(bookingId)).status).to.equal('PENDING');

    const released = await kursiJson<Released>(['hold', 'release', bookingId, '--yes']);
    expect(released.code).to.equal(0);
    await waitUntil('the seat to be free', async () => (await seatOf(eventId))?.status === 'OPEN');
    expect((await invoiceOf(bookingId)).status).to.equal('VOIDED');
    expect((await pay(paymentUrl, 'test_success')).status).to.equal(410);
    expect((await holdsAtX(eventId)).map(({ state }) => state)).to.deep.equal(['released']);
    const seen = await untilStatus(buyer, bookingId, 'CANCELLED');
    expect(seen.reason).to.equal('cancelled_by_organizer');
    const again = await kursiJson<Released>(['hold', 'release', bookingId, '--yes']);
    expect(again).to.deep.include({ code: 0 });
    expect(again.said).to.include({ plan: 'nothing_held' });
    await waitUntil('nothing to be the matter', async () => (await show(bookingId)).code === 0);
  });

  it('asks a workflow that runs to cancel', async () => {
    const { eventId, bookingId } = await aBooking();
    const released = await kursiJson<Released>(['hold', 'release', bookingId, '--yes', '--note', 'A double booking.']);
    expect(released.said.plan).to.equal('ask_workflow');
    await waitUntil('the seat to be free', async () => (await seatOf(eventId))?.status === 'OPEN');
    const { body } = await atTicketApp(bookingId);
    expect(body.status).to.equal('CANCELLED');
    expect(body.timeline.map(({ text }) => text).join(' ')).to.include('A double booking.');
  });

  it('releases no hold of a booking that is sold, and says what to do instead', async () => {
    const { eventId, bookingId } = await aBooking('test_success');
    const { code, said } = await kursiJson<Released>(['hold', 'release', bookingId, '--yes']);
    expect(code).to.equal(1);
    expect(said).to.include({ plan: 'sold', outcome: 'refused' });
    expect(said.text).to.include(`POST /bookings/${bookingId}/cancel`);
    expect(await seatOf(eventId)).to.deep.equal({ status: 'BOOKED', bookingId });
  });

  it('returns the money, too, where it came after the workflow was gone', async () => {
    const { buyer, eventId, bookingId, paymentUrl } = await aBooking();
    await terminate(bookingId);
    await pay(paymentUrl, 'test_success');
    await waitUntil('the money to be on its way back', async () =>
      ['REFUNDING', 'REFUNDED'].includes((await invoiceOf(bookingId)).status),
    );
    const { said } = await kursiJson<Released>(['hold', 'release', bookingId, '--yes']);
    expect(said.plan).to.equal('give_back');
    await waitUntil('the seat to be free', async () => (await seatOf(eventId))?.status === 'OPEN');
    // Its webhook reaches nobody here: the workflow asks again after 15 s.
    await waitUntil(
      'the refund to be known',
      async () => (await atTicketApp(bookingId)).body.refund?.status === 'succeeded',
      40_000,
    );
    await waitUntil('the buyer to be told', async () => {
      const { body } = await bookingOf(buyer, bookingId);
      return body.refund?.status === 'succeeded';
    });
    expect((await bookingOf(buyer, bookingId)).body.status).to.equal('CANCELLED');
    expect((await invoiceOf(bookingId)).status).to.equal('REFUNDED');
  });

  it('lists the webhook that does not arrive, and sends it again', async () => {
    const { buyer, bookingId } = await aBooking();
    const list = () =>
      kursiJson<{ deliveries: { webhookId: string; status: string; tries: number; lastError?: string }[] }>([
        'deliveries',
        'list',
        '--booking',
        bookingId,
      ]);
    await system().kill('client-app');
    try {
      await kursi(['hold', 'release', bookingId, '--yes']);
      const { said } = await waitUntil('a try to fail', async () => {
        const listed = await list();
        return listed.said.deliveries[0]?.lastError !== undefined && listed;
      });
      const [delivery] = said.deliveries;
      expect(delivery?.webhookId).to.equal(`${bookingId}.booking.cancelled`);
      expect(delivery?.lastError).to.include('ECONNREFUSED');
      const failed = await kursi(['deliveries', 'retry', String(delivery?.webhookId)]);
      expect(failed.code).to.equal(1);
      // The other services go on, and it says who is away.
      const shown = await show(bookingId);
      expect(shown.code).to.equal(1);
      expect(shown.said.findings.map(({ what }) => what).join(' ')).to.include('client-app could not be asked');
      expect((await kursi(['status'])).stdout).to.match(/client-app is not ready/);
    } finally {
      await system().restart('client-app');
    }
    const retried = await kursi(['deliveries', 'retry', `${bookingId}.booking.cancelled`]);
    expect(retried.code).to.equal(0);
    await untilStatus(buyer, bookingId, 'CANCELLED');
    expect((await list()).said.deliveries).to.deep.equal([]);
  });

  it('replays webhooks of both senders, within bounds', async () => {
    const { bookingId } = await aBooking('test_success');
    await waitUntil('the webhooks to have arrived', async () => (await show(bookingId)).code === 0);
    const about = ['--booking', bookingId, '--since', '1h', '--delivered'];
    const dry = await kursiJson<{ deliveries: { type: string }[] }>(['webhooks', 'replay', ...about, '--dry-run']);
    expect(dry.said.deliveries.map(({ type }) => type)).to.deep.equal(['payment.paid', 'booking.confirmed']);
    const { code, said } = await kursiJson<{ sent: { from: string; outcome: string }[] }>([
      'webhooks',
      'replay',
      ...about,
    ]);
    expect(code).to.equal(0);
    expect(said.sent.map(({ from, outcome }) => `${from} ${outcome}`)).to.deep.equal([
      'payment-app sent',
      'ticket-app sent',
    ]);
    const none = await kursiJson<{ sent: unknown[] }>([
      'webhooks',
      'replay',
      '--booking',
      bookingId,
      '--until',
      '1h',
      '--delivered',
    ]);
    expect(none.said.sent).to.deep.equal([]);
    expect((await kursi(['webhooks', 'replay'])).code).to.equal(2);
  });

  it('rebuilds the rows of a history that were damaged or lost, once, and from where it was stopped', async () => {
    const buyer = await person();
    const eventId = await anEvent({ seats: 3 });
    const ids: string[] = [];
    for (const seat of ['A-1-1', 'A-1-2']) ids.push((await booked(buyer, eventId, [seat])).bookingId);
    const [damaged = '', lost = ''] = ids.toSorted();
    const rows = (await databaseOf('client-app')).collection<{ _id: string; updatedAt?: Date; check?: unknown }>(
      'bookings',
    );
    const events = (await databaseOf('ticket-app')).collection<{ _id: string; lowestPrice?: number }>('events');
    const before = await rows.findOne({ _id: damaged });
    await rows.updateOne({ _id: damaged }, { $set: { status: 'FAILED', seatIds: [] }, $unset: { invoice: 1 } });
    await rows.deleteOne({ _id: lost });
    const price = (await events.findOne({ _id: eventId }))?.lowestPrice;
    await events.updateOne({ _id: eventId }, { $set: { lowestPrice: 1 } });

    const rebuild = (...more: string[]) =>
      kursiJson<{ bookings: number; outcomes: Record<string, number> }>([
        'projections',
        'rebuild',
        '--event',
        eventId,
        ...more,
      ]);
    const first = await rebuild();
    expect(first.code).to.equal(0);
    expect(first.said.outcomes).to.include({ changed: 2, same: 0, no_answer: 0 });
    const { updatedAt: _, check: __, ...mended } = (await rows.findOne({ _id: damaged })) ?? { _id: 'none' };
    expect(before).to.deep.include(mended);
    expect((await bookingOf(buyer, lost)).body.status).to.equal('AWAITING_PAYMENT');
    expect((await events.findOne({ _id: eventId }))?.lowestPrice).to.equal(price);

    expect((await rebuild()).said.outcomes).to.include({ changed: 0, same: 2 });
    expect((await rebuild('--after', `bookings:${damaged}`)).said.bookings).to.equal(1);
  });

  it('says whether we are selling', async () => {
    const { code, said } = await kursiJson<{
      selling: boolean;
      problems: string[];
      processes: Record<string, { ready: boolean }>;
      queues: { kind: string; pollers: number; backlog: number }[];
      openWork: { kinds: Record<string, { count: number }> };
      outboxes: { process: string; outbox: string }[];
    }>(['status']);
    expect(Object.keys(said.processes)).to.have.members([
      'client-app',
      'ticket-app',
      'payment-app',
      'organizer-x',
      'organizer-y',
      'ticketing-worker',
    ]);
    expect(Object.values(said.processes).every(({ ready }) => ready)).to.equal(true);
    expect(said.queues.map(({ kind }) => kind)).to.deep.equal(['workflow', 'activity']);
    expect(said.queues.every(({ pollers }) => pollers > 0)).to.equal(true);
    expect(said.openWork.kinds).to.include.keys('holding', 'awaiting_payment', 'overdue', 'refund_pending');
    expect(said.outboxes.map(({ process, outbox }) => `${process} ${outbox}`)).to.include.members([
      'client-app ask-about-bookings',
      'ticket-app waitlist-news',
      'payment-app deliveries',
    ]);
    expect(said.selling).to.equal(said.problems.length === 0);
    expect(code).to.equal(said.selling ? 0 : 1);
  });

  it('knows what it does not know', async () => {
    const unknown = [
      ['booking', 'show', 'no-such-booking'],
      ['booking', 'show', 'KRS-0000-0000'],
      ['hold', 'release', 'no-such-booking', '--yes'],
      ['deliveries', 'retry', 'no-such-webhook'],
      ['projections', 'rebuild', '--booking', 'no-such-booking'],
      ['projections', 'rebuild', '--event', 'no-such-event'],
    ];
    for (const args of unknown) expect((await kursiJson(args)).code, args.join(' ')).to.equal(3);
  });

  it('says what is wrong with a command line, and with the settings', async () => {
    const wrong = [
      ['boking'],
      ['hold', 'release'],
      ['projections', 'rebuild'],
      ['deliveries', 'list', '--since', 'soon'],
    ];
    for (const args of wrong) {
      const { code, said } = await kursiJson<{ error: { message: string } }>(args);
      expect(code, args.join(' ')).to.equal(2);
      expect(said.error.message).to.be.a('string');
    }
    const nowhere = await kursi(['status'], { KURSI_DIR: '/nowhere' });
    expect(nowhere.code).to.equal(2);
    expect(nowhere.stderr).to.match(/CLIENT_APP_URL is required.*npm start/);
    const wrongSecret = await kursi(['projections', 'rebuild', '--all'], {
      TICKET_APP_SERVICE_SECRETS: 'not-the-secret',
    });
    expect(wrongSecret.code).to.equal(2);
    expect(wrongSecret.stderr).to.include('TICKET_APP_SERVICE_SECRETS');
  });

  it('helps, with examples, at every command', async () => {
    const commands = [
      'status',
      'booking show',
      'hold release',
      'deliveries list',
      'deliveries retry',
      'webhooks replay',
      'projections rebuild',
    ];
    for (const command of commands) {
      const { code, stdout } = await kursi([...command.split(' '), '--help']);
      expect(code, command).to.equal(0);
      expect(stdout, command).to.match(/Examples:\n {2}kursi /);
      expect(stdout, command).to.include('--json');
    }
    expect((await kursi(['--help'])).stdout).to.include('Exit codes:');
  });
});
