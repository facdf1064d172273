import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { aBooking, kursi, kursiJson, kursiProcess, show } from './kursi-stage.ts';

describe('the command line', function () {
  this.timeout(60_000);
  after(closeDatabases);

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

  it('is a program: its answer on stdout, what is wrong on stderr, and its exit code', async () => {
    const help = await kursiProcess(['--help']);
    expect({ code: help.code, stderr: help.stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(help.stdout).to.include('Exit codes:');
    const unknown = await kursiProcess(['booking', 'show', 'no-such-booking']);
    expect({ code: unknown.code, stdout: unknown.stdout }).to.deep.equal({ code: 3, stdout: '' });
    expect(unknown.stderr).to.include('no-such-booking');
  });
});
