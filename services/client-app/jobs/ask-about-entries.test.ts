import { expect } from 'chai';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { bookingView, entryView } from '../../../test/ticketing-stand-in.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { startJobs } from './start.ts';

const minuteMs = 60_000;

describe("the sweep of the waitlist's entries (K-3)", () => {
  let app: ClientAppUnderTest;
  let jobs: ReturnType<typeof startJobs>;

  before(async () => {
    app = await startClientApp('waitlist-sweep');
  });
  after(() => app.close());
  beforeEach(() => {
    app.ticketing.fault = undefined;
    app.ticketing.requests.length = 0;
    jobs = startJobs(app.dependencies, { pollMs: 20 });
  });
  afterEach(() => jobs.stop());

  const call = () => ({ entryId: newId(), customerId: 'sari', eventId: 'konser', seatId: 'A-1' });
  const find = (entryId: string) => app.dependencies.waitlist.find(entryId);
  /** An entry whose call had no answer, `agoMs` after its time to join was over. */
  const unanswered = async (agoMs: number, entry = call()) => {
    await app.dependencies.waitlist.request({ ...entry, joinBefore: new Date(Date.now() - agoMs) });
    return entry;
  };
  async function told(view: Partial<WaitlistEntryView> = {}) {
    const entry = entryView(call(), view);
    await app.dependencies.waitlist.apply(entry);
    return entry;
  }
  const makeDue = (entryId: string) =>
    app.connection
      .collection('waitlist_entries')
      .updateOne({ _id: entryId as never }, { $set: { 'check.nextAttemptAt': new Date(0) } });
  const becomes = (entryId: string, status: string) =>
    waitUntil(`entry is ${status}`, async () => (await find(entryId))?.status === status);
  const wasAsked = (entryId: string) =>
    waitUntil('it was asked', async () => (await find(entryId))?.check?.tries === 1);

  it('ends an entry that ticket-app never had: NOT_JOINED, version 0, and says so', async () => {
    const { entryId } = await unanswered(minuteMs);
    await becomes(entryId, 'NOT_JOINED');
    const entry = await find(entryId);
    expect(entry).to.include({ version: 0, active: false });
    expect(entry?.history.map(({ step }) => step)).to.deep.equal(['requested', 'not_joined']);
  });

  it('asks once more about an entry that it took for not joined, and no more', async () => {
    const { entryId } = await unanswered(minuteMs);
    await becomes(entryId, 'NOT_JOINED');
    expect((await find(entryId))?.check?.nextAttemptAt?.getTime()).to.be.within(
      Date.now() + minuteMs,
      Date.now() + 2 * minuteMs,
    );
    await makeDue(entryId);
    await waitUntil('nothing more is due', async () => (await find(entryId))?.check === undefined);
    expect(await find(entryId)).to.include({ status: 'NOT_JOINED', version: 0 });
  });

  it('finds the place of somebody who was put in after all, by an attempt that had stood still', async () => {
    const entry = call();
    await unanswered(minuteMs, entry);
    await becomes(entry.entryId, 'NOT_JOINED');
    app.ticketing.entries.set(entry.entryId, entryView(entry));
    await makeDue(entry.entryId);
    await becomes(entry.entryId, 'WAITING');
  });

  it('finds the answer that was lost', async () => {
    const entry = call();
    app.ticketing.entries.set(entry.entryId, entryView(entry));
    await unanswered(minuteMs, entry);
    await becomes(entry.entryId, 'WAITING');
  });

  it('leaves an entry alone while it may still join', async () => {
    const { entryId } = await unanswered(-minuteMs);
    const { entryId: later } = await unanswered(minuteMs);
    await becomes(later, 'NOT_JOINED');
    expect(app.ticketing.requests).not.to.include(`GET /waitlist-entries/${entryId}`);
    expect((await find(entryId))?.status).to.equal('REQUESTED');
  });

  for (const fault of [
    'cut',
    { status: 503 },
    { status: 404, body: { code: 'route_not_found', detail: 'x' } },
  ] as const) {
    it(`changes nothing while ticket-app does not tell (${JSON.stringify(fault).slice(0, 16)}), and asks again later`, async () => {
      app.ticketing.fault = fault;
      const { entryId } = await unanswered(minuteMs);
      await wasAsked(entryId);
      expect(await find(entryId)).to.include({ status: 'REQUESTED', version: 0 });
      expect((await find(entryId))?.check?.nextAttemptAt?.getTime()).to.be.greaterThan(Date.now());
      app.ticketing.fault = undefined;
      await makeDue(entryId);
      await becomes(entryId, 'NOT_JOINED');
    });
  }

  it('hears of an offer whose notifications were lost, and of its booking', async () => {
    const entry = await told();
    const bookingId = `${entry.entryId}-1`;
    app.ticketing.entries.set(entry.entryId, { ...entry, version: 2, status: 'OFFERED', bookingId });
    const booking = bookingView({ bookingId, customerId: 'sari', eventId: 'konser', seatIds: ['A-1'] });
    app.ticketing.bookings.set(bookingId, { ...booking, waitlistEntryId: entry.entryId });
    await makeDue(entry.entryId);
    await becomes(entry.entryId, 'OFFERED');
    const stored = () => app.dependencies.bookings.find(bookingId);
    await waitUntil('the booking is here', async () => (await stored())?.waitlistEntryId === entry.entryId);
  });

  it('hears of the end of an offer, and asks no more', async () => {
    const entry = await told({ version: 2, status: 'OFFERED', bookingId: 'b' });
    app.ticketing.entries.set(entry.entryId, { ...entry, version: 3, status: 'LAPSED' });
    await makeDue(entry.entryId);
    await becomes(entry.entryId, 'LAPSED');
    expect(await find(entry.entryId)).not.to.have.property('check');
  });

  it('asks about somebody who waits once an hour, and ends nothing that ticket-app told of', async () => {
    const entry = await told();
    await makeDue(entry.entryId);
    await wasAsked(entry.entryId);
    const stored = await find(entry.entryId);
    expect(stored).to.include({ status: 'WAITING', version: 1 });
    expect(stored?.check?.nextAttemptAt?.getTime()).to.be.within(
      Date.now() + 59 * minuteMs,
      Date.now() + 60 * minuteMs,
    );
  });
});
