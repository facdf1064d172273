import { createPrivateKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import type { BookingView } from '../../lib/contracts/booking.ts';
import { ticketNumber } from '../../lib/contracts/booking-number.ts';
import { newId } from '../../lib/ids.ts';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { signTicketToken } from '../../services/ticket-app/tickets/ticket-token.ts';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import {
  anEvent,
  booked,
  bookingOf,
  call,
  closeDatabases,
  databaseOf,
  faultAtX,
  holdsAtX,
  invoiceOf,
  type Person,
  pay,
  people,
  person,
  seatsOf,
  theAdmin,
  untilStatus,
} from './stage.ts';

type Told = BookingView & { code?: string; cancellableUntil?: string; usedAt?: string };

const seat = ['A-1-1'];
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
/** A killed worker's task goes to the next one after 5 s, and a sweep comes by every 15; the rest is for busy machines. */
const recoveryMs = 60_000;

async function confirmed(buyer: Person, eventId: string, seatIds = seat): Promise<BookingView> {
  const booking = await booked(buyer, eventId, seatIds);
  await pay(booking.paymentUrl, 'test_success');
  return waitUntil('the booking to be confirmed, and its ticket stored', async () => {
    const { body } = await bookingOf(buyer, booking.bookingId);
    return body.status === 'CONFIRMED' && body.ticket !== undefined && body;
  });
}

const cancel = (by: Person, bookingId: string, body: unknown = {}) =>
  call<Told>(`${system().urls.clientApp}/bookings/${bookingId}/cancel`, { token: by.token, body });

/** The code of a ticket's QR, as the worker signs it. */
function codeOf({ bookingId, eventId, seatIds }: BookingView, index = 0, days = { from: -1, until: 20 }) {
  const at = (day: number) => new Date(Date.now() + day * 24 * 3_600_000);
  return signTicketToken(
    {
      ticketNumber: ticketNumber(bookingId, index),
      bookingId,
      eventId,
      seatId: seatIds[index] ?? '',
      validFrom: at(days.from),
      validUntil: at(days.until),
    },
    createPrivateKey(system().env.TICKET_SIGNING_PRIVATE_KEY ?? ''),
  );
}

async function checkIn(token: string, { key = newId(), eventId }: { key?: string; eventId?: string } = {}) {
  const { token: admin } = await theAdmin();
  return call<Told>(`${system().urls.ticketApp}/tickets/check-in`, {
    token: admin,
    headers: { 'idempotency-key': key },
    body: { token, ...(eventId && { eventId }) },
  });
}

const ticketPdf = (buyer: Person, bookingId: string) =>
  call<Told>(`${system().urls.clientApp}/bookings/${bookingId}/ticket.pdf`, { token: buyer.token });

/** Everything that a cancelled, paid booking must have come to; the money may take a moment more. */
async function expectGivenBack(buyer: Person, { bookingId, eventId }: BookingView, seatId = 'A-1-1'): Promise<void> {
  await waitUntil(
    'the money to be back',
    async () => (await bookingOf(buyer, bookingId)).body.refund?.status === 'succeeded',
    recoveryMs,
  );
  const { body } = await bookingOf(buyer, bookingId);
  expect(body).to.include({ status: 'CANCELLED' });
  const invoice = await invoiceOf(bookingId);
  expect({ status: invoice.status, refunded: invoice.refund?.amount }).to.deep.equal({
    status: 'REFUNDED',
    refunded: invoice.amount,
  });
  await waitUntil('the seat', async () => (await seatsOf(eventId))[seatId]?.status === 'OPEN', recoveryMs);
  const holds = (await holdsAtX(eventId)).filter(({ reference }) => reference === bookingId);
  expect(holds.map(({ state }) => state)).to.deep.equal(['released']);
}

describe('cancelling a confirmed booking', function () {
  this.timeout(180_000);
  after(closeDatabases);

  it('gives the seat and the money back, once, and takes the ticket away', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    const { bookingId } = booking;
    expect((await ticketPdf(buyer, bookingId)).status).to.equal(200);
    const { status, body } = await cancel(buyer, bookingId);
    expect([status, body.status, body.reason]).to.deep.equal([200, 'CANCELLED', 'cancelled_by_customer']);
    expect(body).not.to.have.property('ticket');
    await expectGivenBack(buyer, booking);

    const { body: after } = await bookingOf(buyer, bookingId);
    expect(after.refund).to.include({ amount: 750_000, reason: 'cancelled_by_customer' });
    const sentence = (step: string) => after.timeline.find((entry) => entry.step === step)?.text;
    expect(sentence('cancelling')).to.equal('You asked to cancel this booking.');
    expect(sentence('refunded')).to.equal('Rp 750.000 has been returned to you. Reason: You cancelled this booking.');
    const pdf = await ticketPdf(buyer, bookingId);
    expect([pdf.status, pdf.body.code]).to.deep.equal([410, 'ticket_revoked']);
    const scan = await checkIn(await codeOf(booking));
    expect([scan.status, scan.body.code]).to.deep.equal([410, 'ticket_revoked']);
    // Another buys the seat.
    expect((await confirmed(await person(), booking.eventId)).status).to.equal('CONFIRMED');
    expect((await cancel(buyer, bookingId)).status).to.equal(200);
    expect((await seatsOf(booking.eventId))['A-1-1']?.status).to.equal('BOOKED');
  });

  it('asked twenty times at once is done once: one refund, the same answer to all', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(buyer, booking.bookingId)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.status}`))).to.deep.equal(
      new Set(['200 CANCELLED']),
    );
    await expectGivenBack(buyer, booking);
    const { timeline } = (await bookingOf(buyer, booking.bookingId)).body;
    for (const step of ['cancelling', 'cancelled', 'refunded']) {
      expect(
        timeline.filter((entry) => entry.step === step),
        step,
      ).to.have.length(1);
    }
  });

  it('is for its own buyer and for admins; to others it does not exist', async () => {
    const buyer = await person();
    const { bookingId } = await confirmed(buyer, await anEvent());
    expect((await cancel(await person(), bookingId)).status).to.equal(404);
    await untilStatus(buyer, bookingId, 'CONFIRMED');
  });

  it('ends for buyers at the cut-off, which the answer names; an admin may go past it, with a reason', async () => {
    const buyer = await person();
    const cancellableUntil = inMs(-1_000);
    const booking = await confirmed(buyer, await anEvent({ changes: { cancellableUntil } }));
    const { status, body } = await cancel(buyer, booking.bookingId);
    expect([status, body.code, body.cancellableUntil]).to.deep.equal([409, 'cancellation_closed', cancellableUntil]);
    expect((await bookingOf(buyer, booking.bookingId)).body).to.include({
      status: 'CONFIRMED',
      version: booking.version,
    });

    const answer = await cancel(await theAdmin(), booking.bookingId, { reason: 'The hall is flooded.' });
    expect([answer.status, answer.body.status, answer.body.reason]).to.deep.equal([
      200,
      'CANCELLED',
      'cancelled_by_organizer',
    ]);
    await expectGivenBack(buyer, booking);
    const { timeline } = (await bookingOf(buyer, booking.bookingId)).body;
    expect(timeline.find(({ step }) => step === 'cancelling')?.text).to.equal(
      'The organizer cancels this booking. Their reason: The hall is flooded.',
    );
  });

  it('with a used ticket is refused: 409, still confirmed, no refund', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent(), ['A-1-1', 'A-1-2']);
    expect((await checkIn(await codeOf(booking, 1))).status).to.equal(200);
    for (const who of [buyer, await theAdmin()]) {
      const { status, body } = await cancel(who, booking.bookingId);
      expect([status, body.code]).to.deep.equal([409, 'ticket_used']);
    }
    const { body } = await bookingOf(buyer, booking.bookingId);
    expect(body).to.include({ status: 'CONFIRMED' }).and.not.have.any.keys('refund', 'reason');
    expect((await invoiceOf(booking.bookingId)).status).to.equal('PAID');
    expect((await ticketPdf(buyer, booking.bookingId)).status).to.equal(200);
  });

  it('is not held up by an organizer that is away', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await confirmed(buyer, eventId);
    await faultAtX({ eventId, fault: '503', call: 'release', times: 6 });
    const { status, body } = await cancel(buyer, booking.bookingId);
    expect([status, body.status]).to.deep.equal([200, 'CANCELLED']);
    await expectGivenBack(buyer, booking);
  });

  it('asked right after paying ends in a cancellation, however the race goes: 12 rounds', async () => {
    const eventId = await anEvent({ seats: someSeats(12) });
    const buyers = await people(12);
    await Promise.all(
      buyers.map(async (buyer, i) => {
        const booking = await booked(buyer, eventId, [`A-1-${i + 1}`]);
        await pay(booking.paymentUrl, 'test_success');
        // From before the payment settles (300 ms) to after the ticket is made.
        await delay(i * 100);
        const { status } = await cancel(buyer, booking.bookingId);
        expect(status).to.be.oneOf([200, 202]);
        await untilStatus(buyer, booking.bookingId, 'CANCELLED', recoveryMs);
        await expectGivenBack(buyer, booking, `A-1-${i + 1}`);
        const tickets = (await databaseOf('ticket-app')).collection<{ _id: string }>('tickets');
        expect(await tickets.findOne({ _id: booking.bookingId })).to.include({ status: 'REVOKED' });
      }),
    );
  });
});

describe('tickets at the gate', function () {
  this.timeout(120_000);
  after(closeDatabases);

  it('let one person in for each seat: of 20 scans at once exactly one', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent(), ['A-1-1', 'A-1-2']);
    const code = await codeOf(booking);
    const answers = await Promise.all(Array.from({ length: 20 }, () => checkIn(code)));
    const [won] = answers.filter(({ status }) => status === 200);
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    expect(won?.body).to.deep.include({ seat: booking.seats?.[0], bookingId: booking.bookingId });
    for (const { status, body } of answers.filter((answer) => answer !== won)) {
      expect([status, body.code, body.usedAt]).to.deep.equal([409, 'ticket_used', won?.body.usedAt]);
    }
    expect((await checkIn(await codeOf(booking, 1))).status).to.equal(200);
  });

  it('are answered again as the first time to a gate that repeats its scan, and to that gate only', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent(), ['A-1-1', 'A-1-2']);
    const [first, second] = [await codeOf(booking), await codeOf(booking, 1)];
    const key = newId();
    const scan = await checkIn(first, { key });
    expect(await checkIn(first, { key })).to.deep.equal(scan);
    expect(scan.status).to.equal(200);
    expect((await checkIn(second, { key })).body.code).to.equal('idempotency_key_reused');
    const service = await call<Told>(`${system().urls.ticketApp}/tickets/check-in`, {
      token: system().env.TICKET_APP_SERVICE_SECRETS?.split(',')[0],
      headers: { 'idempotency-key': key },
      body: { token: first },
    });
    expect([service.status, service.body.code]).to.deep.equal([409, 'ticket_used']);
  });

  it('are refused when they are no tickets, of another event, or not of this time; and nobody unknown may ask', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    const good = await codeOf(booking);
    const codes: Array<[string, number, string]> = [
      ['https://example.com', 422, 'ticket_invalid'],
      [`${good.slice(0, -8)}AAAAAAAA`, 422, 'ticket_invalid'],
      [await codeOf({ ...booking, bookingId: newId() }), 422, 'ticket_invalid'],
      [await codeOf(booking, 0, { from: -3, until: -1 }), 409, 'ticket_not_valid_now'],
      [await codeOf(booking, 0, { from: 1, until: 3 }), 409, 'ticket_not_valid_now'],
    ];
    for (const [code, status, problem] of codes) {
      const answer = await checkIn(code);
      expect([answer.status, answer.body.code], code).to.deep.equal([status, problem]);
    }
    const elsewhere = await checkIn(good, { eventId: 'another-event' });
    expect([elsewhere.status, elsewhere.body.code]).to.deep.equal([409, 'ticket_of_another_event']);
    const url = `${system().urls.ticketApp}/tickets/check-in`;
    const { token } = await theAdmin();
    expect((await call(url, { token, body: { token: good } })).body).to.include({ code: 'idempotency_key_missing' });
    const headers = { 'idempotency-key': newId() };
    expect((await call(url, { token: buyer.token, headers, body: { token: good } })).status).to.equal(403);
    expect((await call(url, { headers, body: { token: good } })).status).to.equal(401);
    expect((await checkIn(good, { eventId: booking.eventId })).status).to.equal(200);
  });

  it('are used or refunded, never both: 40 scans race 40 cancellations', async () => {
    const eventId = await anEvent({ seats: someSeats(40) });
    const buyers = await people(40);
    // `stepped back`: the scan came between CANCELLING and the revocation.
    const ends = { used: 0, refunded: 0, steppedBack: 0 };
    const round = async (buyer: Person, i: number) => {
      const booking = await confirmed(buyer, eventId, [`A-1-${i + 1}`]);
      const code = await codeOf(booking);
      // The cancellation takes some steps before it revokes.
      const [scan, asked] = await Promise.all([
        delay((i % 10) * 20).then(() => checkIn(code)),
        cancel(buyer, booking.bookingId),
      ]);
      if (scan.status === 200) {
        expect([asked.status, asked.body.code]).to.deep.equal([409, 'ticket_used']);
        const { status, timeline } = (await bookingOf(buyer, booking.bookingId)).body;
        expect(status).to.equal('CONFIRMED');
        expect((await invoiceOf(booking.bookingId)).status).to.equal('PAID');
        ends.used += 1;
        if (timeline.some(({ step }) => step === 'not_cancelled')) ends.steppedBack += 1;
      } else {
        expect([scan.status, asked.status]).to.deep.equal([410, 200]);
        await expectGivenBack(buyer, booking, `A-1-${i + 1}`);
        ends.refunded += 1;
      }
    };
    let next = 0;
    const worker = async () => {
      for (let i = next++; i < buyers.length; i = next++) await round(buyers[i]!, i);
    };
    await Promise.all(Array.from({ length: 4 }, worker));
    console.log(`      ${JSON.stringify(ends)}`);
    // Otherwise nothing raced.
    expect(Math.min(ends.used, ends.refunded), JSON.stringify(ends)).to.be.at.least(3);
  });

  it('that were taken back stand in the list of their event, which is sent again only when it changed', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const { token } = await theAdmin();
    type List = { asOf: string; tickets: Array<{ ticketNumber: string; bookingId: string; revokedAt: string }> };
    // Not by fetch, which asks for a fresh answer whenever it is given an ETag.
    const list = (query = '', headers: Record<string, string> = {}) =>
      axios.get<List>(`${system().urls.ticketApp}/events/${eventId}/revoked-tickets${query}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
        validateStatus: () => true,
        proxy: false,
      });
    const first = await confirmed(buyer, eventId, ['A-1-1', 'A-1-2']);
    const second = await confirmed(buyer, eventId, ['A-1-3']);
    await cancel(buyer, first.bookingId);
    const answer = await list();
    const { asOf, tickets } = answer.data;
    expect(tickets.map(({ ticketNumber: number, bookingId }) => [number, bookingId])).to.deep.equal([
      [ticketNumber(first.bookingId, 0), first.bookingId],
      [ticketNumber(first.bookingId, 1), first.bookingId],
    ]);
    const etag = String(answer.headers.etag);
    expect((await list('', { 'if-none-match': etag })).status).to.equal(304);
    expect(Date.parse(asOf)).to.be.at.most(Date.now());

    await cancel(buyer, second.bookingId);
    expect((await list('', { 'if-none-match': etag })).status).to.equal(200);
    const after = new Date(Date.parse(tickets[0]?.revokedAt ?? '') + 1).toISOString();
    const news = await list(`?since=${after}`);
    expect(news.data.tickets.map(({ bookingId }) => bookingId)).to.deep.equal([second.bookingId]);
    expect((await list('?since=yesterday')).status).to.equal(400);
    const none = await call(`${system().urls.ticketApp}/events/no-such-event/revoked-tickets`, { token });
    expect(none.status).to.equal(404);
  });
});

describe('kill -9 during a cancellation', function () {
  this.timeout(180_000);
  after(closeDatabases);

  it('of the worker while it releases: seat and money come back all the same', async () => {
    const buyer = await person();
    const eventId = await anEvent();
    const booking = await confirmed(buyer, eventId);
    await faultAtX({ eventId, fault: 'timeout', call: 'release', times: 1 });
    expect((await cancel(buyer, booking.bookingId)).status).to.equal(200);
    await system().kill('ticketing-worker');
    await system().restart('ticketing-worker');
    await expectGivenBack(buyer, booking);
  });

  it('of the worker before it begins: 202, and it is done when a worker is there', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    await system().kill('ticketing-worker');
    const { status, body } = await cancel(buyer, booking.bookingId);
    expect([status, body.status, body.reason]).to.deep.equal([202, 'CANCELLING', 'cancelled_by_customer']);
    expect(body).not.to.have.property('ticket');
    await system().restart('ticketing-worker');
    await untilStatus(buyer, booking.bookingId, 'CANCELLED', recoveryMs);
    await expectGivenBack(buyer, booking);
  });

  it('of ticket-app at any moment of the call: asked again, it is one cancellation', async () => {
    for (const afterMs of [0, 5, 15, 40]) {
      const buyer = await person();
      const booking = await confirmed(buyer, await anEvent());
      const asked = cancel(buyer, booking.bookingId);
      await delay(afterMs);
      await system().kill('ticket-app');
      expect((await asked).status).to.be.oneOf([200, 202, 503]);
      await system().restart('ticket-app');
      await waitUntil(
        'ticket-app to answer',
        async () => (await cancel(buyer, booking.bookingId)).status === 200,
        recoveryMs,
      );
      await expectGivenBack(buyer, booking);
    }
  });

  it('of ticket-app between its write and the start of the workflow: the sweep carries it on (K-3)', async () => {
    const buyer = await person();
    const booking = await confirmed(buyer, await anEvent());
    // What it leaves behind in that moment, exactly.
    const ledger = createBookingLedger(await databaseOf('ticket-app'));
    const by = { reason: 'cancelled_by_customer', text: 'You asked to cancel this booking.' } as const;
    await ledger.beginCancelling(await ledger.get(booking.bookingId), by);
    await untilStatus(buyer, booking.bookingId, 'CANCELLED', recoveryMs);
    await expectGivenBack(buyer, booking);
  });
});
