import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { aBooking, kursi, kursiJson, show } from './kursi-stage.ts';
import { anEvent, booked, bookingOf, person, untilStatus } from './stage.ts';

describe('kursi deliveries, webhooks and projections', function () {
  this.timeout(60_000);
  after(closeDatabases);

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
    // What the limit leaves out is told.
    const some = await kursi(['webhooks', 'replay', ...about, '--limit', '1']);
    expect(some.code).to.equal(1);
    expect(some.stdout).to.match(/1 sent, 0 not\.\nThere are more: raise --limit/);
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
});
