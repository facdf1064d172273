import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import type { BookingView } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, startClientApp } from '../../../test/client-app.ts';
import { bookingView } from '../../../test/ticketing-stand-in.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { startJobs } from './start.ts';

const pdf = Buffer.from('%PDF-1.7 a ticket');
const sha256 = createHash('sha256').update(pdf).digest('hex');
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

describe('the sweeps (K-3)', () => {
  let app: ClientAppUnderTest;
  let jobs: ReturnType<typeof startJobs>;

  before(async () => {
    app = await startClientApp('sweeps');
  });
  after(() => app.close());
  beforeEach(() => {
    app.ticketing.fault = undefined;
    app.ticketing.requests.length = 0;
    jobs = startJobs(app.dependencies, { pollMs: 20 });
  });
  afterEach(() => jobs.stop());

  const call = () => ({ bookingId: newId(), customerId: 'sari', eventId: 'konser', seatIds: ['A-1'] });
  const find = (bookingId: string) => app.dependencies.bookings.find(bookingId);
  /** A booking whose call had no answer, stored `agoMs` before its time to start was over. */
  async function unanswered(agoMs: number) {
    const booking = call();
    await app.dependencies.bookings.request({ ...booking, startBefore: new Date(Date.now() - agoMs) });
    return booking;
  }
  const makeDue = (bookingId: string) =>
    app.connection
      .collection('bookings')
      .updateOne({ _id: bookingId as never }, { $set: { 'check.nextAttemptAt': new Date(0) } });
  const asked = (bookingId: string) => app.ticketing.requests.filter((line) => line === `GET /bookings/${bookingId}`);
  const becomes = (bookingId: string, status: string) =>
    waitUntil(`booking is ${status}`, async () => (await find(bookingId))?.status === status);

  it('ends a booking that ticket-app never started: FAILED not_started, version 0', async () => {
    const { bookingId } = await unanswered(minuteMs);
    await becomes(bookingId, 'FAILED');
    const booking = await find(bookingId);
    expect(booking).to.include({ reason: 'not_started', version: 0 });
    expect(booking?.timeline.map(({ step }) => step)).to.deep.equal(['requested', 'failed']);
    expect(booking).not.to.have.property('check');
  });

  it('is put right by anything that ticket-app tells after all', async () => {
    const booking = await unanswered(minuteMs);
    await becomes(booking.bookingId, 'FAILED');
    await app.notify({ type: 'booking.awaiting_payment', ...bookingView(booking) });
    const stored = await find(booking.bookingId);
    expect(stored).to.include({ status: 'AWAITING_PAYMENT', version: 2 });
    expect(stored).not.to.have.property('reason');
  });

  it('finds the answer that was lost', async () => {
    const booking = call();
    app.ticketing.bookings.set(booking.bookingId, bookingView(booking));
    await app.dependencies.bookings.request({ ...booking, startBefore: new Date(Date.now() - minuteMs) });
    await becomes(booking.bookingId, 'AWAITING_PAYMENT');
  });

  it('leaves a booking alone while it may still start', async () => {
    const { bookingId } = await unanswered(-minuteMs);
    const { bookingId: later } = await unanswered(minuteMs);
    await becomes(later, 'FAILED');
    expect(asked(bookingId)).to.have.length(0);
    expect((await find(bookingId))?.status).to.equal('REQUESTED');
  });

  for (const fault of [
    'cut',
    { status: 503 },
    { status: 404, body: { code: 'route_not_found', detail: 'x' } },
  ] as const) {
    it(`changes nothing while ticket-app does not tell (${JSON.stringify(fault).slice(0, 16)}), and asks again later`, async () => {
      app.ticketing.fault = fault;
      const { bookingId } = await unanswered(minuteMs);
      await waitUntil('it was asked', async () => (await find(bookingId))?.check?.tries === 1);
      expect(await find(bookingId)).to.include({ status: 'REQUESTED', version: 0 });
      expect((await find(bookingId))?.check?.nextAttemptAt?.getTime()).to.be.greaterThan(Date.now());
      app.ticketing.fault = undefined;
      await makeDue(bookingId);
      await becomes(bookingId, 'FAILED');
    });
  }

  it('hears of a payment whose notification was lost, and fetches the ticket', async () => {
    const booking = call();
    await app.dependencies.bookings.apply(bookingView(booking));
    const told: Partial<BookingView> = { status: 'CONFIRMED', version: 3, ticket: { id: 't', sha256 } };
    app.ticketing.bookings.set(booking.bookingId, bookingView(booking, told));
    app.ticketing.pdfs.set(booking.bookingId, pdf);
    await makeDue(booking.bookingId);
    await waitUntil('the ticket is here', async () => (await find(booking.bookingId))?.ticketFile?.sha256 === sha256);
    await makeDue(booking.bookingId);
    // In a week, and not in seconds: nothing is missing any more.
    await waitUntil('it is asked about rarely', async () => {
      const next = (await find(booking.bookingId))?.check?.nextAttemptAt?.getTime() ?? 0;
      return next > Date.now() + 6 * dayMs && next < Date.now() + 8 * dayMs;
    });
  });

  /** Confirmed, with its ticket here. */
  async function withTicket(startsAt: string) {
    const booking = call();
    const event = { title: 'Konser', venue: 'Istora Senayan', city: 'Jakarta', startsAt };
    const told: Partial<BookingView> = { status: 'CONFIRMED', version: 3, ticket: { id: 't', sha256 }, event };
    const view = bookingView(booking, told);
    app.ticketing.bookings.set(booking.bookingId, view);
    app.ticketing.pdfs.set(booking.bookingId, pdf);
    await app.notify({ type: 'booking.confirmed', ...view });
    return view;
  }

  it('hears of a cancellation whose notification was given up', async () => {
    const view = await withTicket('2031-01-01T12:00:00.000Z');
    const told = { status: 'CANCELLED', reason: 'cancelled_by_customer', version: 6 } as const;
    app.ticketing.bookings.set(view.bookingId, { ...view, ...told });
    await makeDue(view.bookingId);
    await becomes(view.bookingId, 'CANCELLED');
  });

  it('asks about a ticket that is here no more once its event has begun', async () => {
    const view = await withTicket('2021-01-01T12:00:00.000Z');
    await makeDue(view.bookingId);
    await waitUntil('nothing more is due', async () => (await find(view.bookingId))?.check === undefined);
  });

  it('never fails a booking that ticket-app told of', async () => {
    const booking = call();
    await app.dependencies.bookings.apply(bookingView(booking));
    await makeDue(booking.bookingId);
    await waitUntil('it was asked', async () => (await find(booking.bookingId))?.check?.tries === 1);
    expect(await find(booking.bookingId)).to.include({ status: 'AWAITING_PAYMENT', version: 2 });
  });

  it('deletes a ticket file that a crash left behind, and keeps one that is a ticket', async () => {
    const { tickets, bookings } = app.dependencies;
    const booking = call();
    await bookings.apply(bookingView(booking, { status: 'CONFIRMED', version: 3, ticket: { id: 't', sha256 } }));
    const longAgo = new Date(Date.now() - 60 * minuteMs);
    const kept = await tickets.upload(booking.bookingId, pdf);
    await bookings.keepTicketFile((await find(booking.bookingId))!, { fileId: kept, sha256, length: pdf.length });
    // A ticket that is here is asked about when any ticket is, not soon, as one that is missing.
    const inADay = Date.now() + 24 * 60 * minuteMs;
    expect((await find(booking.bookingId))?.check?.nextAttemptAt?.getTime()).to.be.greaterThan(inADay);
    const orphan = await tickets.upload(booking.bookingId, pdf, longAgo);
    // Broken off before its files document: only chunks are there.
    const half = await tickets.upload('nobody', pdf, longAgo);
    await app.connection.collection('tickets.files').deleteOne({ _id: half });
    await app.connection
      .collection('ticket_uploads')
      .updateOne({ _id: kept.toHexString() as never }, { $set: { 'cleanup.nextAttemptAt': longAgo } });

    await waitUntil(
      'all are settled',
      async () => (await app.connection.collection('ticket_uploads').countDocuments()) === 0,
    );
    const chunksOf = (id: typeof kept) => app.connection.collection('tickets.chunks').countDocuments({ files_id: id });
    expect([await chunksOf(kept), await chunksOf(orphan), await chunksOf(half)]).to.deep.equal([1, 0, 0]);
  });
});
