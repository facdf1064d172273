import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { aBooking, kursi, kursiJson, show } from './kursi-stage.ts';
import { holdsAtX } from './organizer-stage.ts';
import { atTicketApp, bookingOf, invoiceOf, pay, seatsOf, untilStatus } from './stage.ts';
import { closeTemporal, runs, temporal } from './temporal-stage.ts';

interface Released {
  plan: string;
  outcome: string;
  text: string;
}

/** As an operator does in the Web UI: nothing is given back by itself. */
async function terminate(bookingId: string): Promise<void> {
  await temporal().workflow.getHandle(bookingWorkflowId(bookingId)).terminate('a test');
  await waitUntil('the workflow to be gone', async () => !(await runs(bookingWorkflowId(bookingId))));
}

const seatOf = async (eventId: string) => (await seatsOf(eventId))['A-1-1'];

describe('kursi hold release', function () {
  this.timeout(60_000);
  after(async () => {
    await closeTemporal();
    await closeDatabases();
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

  it('says so when no worker answers, and does it when it is said again', async () => {
    const { eventId, bookingId } = await aBooking();
    await system().kill('ticketing-worker');
    try {
      const unanswered = await kursiJson<Released>(['hold', 'release', bookingId, '--yes']);
      expect([unanswered.code, unanswered.said.outcome]).to.deep.equal([1, 'unanswered']);
      expect(await seatOf(eventId)).to.deep.equal({ status: 'ON_GOING', bookingId });
    } finally {
      await system().restart('ticketing-worker');
    }
    await waitUntil('the seat to be free', async () => {
      await kursi(['hold', 'release', bookingId, '--yes']);
      return (await seatOf(eventId))?.status === 'OPEN';
    });
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
});
