import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { ticketNumber } from '../../lib/contracts/booking-number.ts';
import { newId } from '../../lib/ids.ts';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { cancel, checkIn, codeOf, confirmed, expectGivenBack, type Told } from './cancellation-stage.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, bookingOf, call, invoiceOf, type Person, people, person, theAdmin } from './stage.ts';

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
    // A counter is no name for a scan: another gate counts, too.
    expect((await checkIn(good, { key: '17' })).body).to.include({ code: 'idempotency_key_invalid' });
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
    // A write is seen a little after the instant it carries: a list is complete only until 5 s before it was read.
    expect(Date.parse(asOf)).to.be.at.most(Date.now() - 5_000);

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
