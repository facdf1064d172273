import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { BookingView } from '../../../lib/contracts/booking.ts';
import { newId } from '../../../lib/ids.ts';
import { type ClientAppUnderTest, oldWebhookSecret, type Person, startClientApp } from '../../../test/client-app.ts';
import { bookingView } from '../../../test/ticketing-stand-in.ts';

const pdf = Buffer.from('%PDF-1.7 a ticket');
const sha256 = createHash('sha256').update(pdf).digest('hex');
const minuteMs = 60_000;

describe('POST /webhooks/ticketing (C4)', () => {
  let app: ClientAppUnderTest;
  let buyer: Person;

  before(async () => {
    app = await startClientApp('webhooks');
    buyer = await app.person();
  });
  after(() => app.close());

  const view = (told: Partial<BookingView> = {}): BookingView =>
    bookingView({ bookingId: newId(), customerId: buyer.userId, eventId: 'konser', seatIds: ['A-1'] }, told);
  const confirmed = (told: Partial<BookingView> = {}) => {
    const booking = view({ status: 'CONFIRMED', version: 3, ticket: { id: 't', sha256 }, ...told });
    app.ticketing.pdfs.set(booking.bookingId, pdf);
    return { type: 'booking.confirmed', ...booking };
  };
  const stored = (bookingId: string) => app.dependencies.bookings.find(bookingId);
  const count = (collection: string) => app.connection.collection(collection).countDocuments();

  it('stores a booking that client-app did not know, and its ticket', async () => {
    const webhook = confirmed();
    expect(await app.notify(webhook)).to.equal(204);
    const booking = await stored(webhook.bookingId);
    expect(booking).to.include({ status: 'CONFIRMED', version: 3, customerId: buyer.userId });
    expect(booking?.ticketFile).to.include({ sha256, length: pdf.length });
    expect(await count('ticket_uploads')).to.equal(0);
  });

  it('ignores fields it does not know', async () => {
    const webhook = { ...confirmed(), newInTheNextRelease: true };
    expect(await app.notify(webhook)).to.equal(204);
    expect(await stored(webhook.bookingId)).not.to.have.property('newInTheNextRelease');
  });

  it('leaves a booking CONFIRMED when an older notification comes after (K-5)', async () => {
    const webhook = confirmed();
    await app.notify(webhook);
    const { ticket: _, ...booking } = webhook;
    const late = { ...booking, type: 'booking.awaiting_payment', status: 'AWAITING_PAYMENT', version: 2 };
    expect(await app.notify(late)).to.equal(204);
    expect(await stored(webhook.bookingId)).to.include({ status: 'CONFIRMED', version: 3 });
  });

  it('does not act twice on a delivery that is done, and fetches no ticket twice', async () => {
    const webhook = confirmed();
    const id = newId();
    await app.notify(webhook, { id });
    const fetched = () => app.ticketing.requests.filter((line) => line.includes(webhook.bookingId)).length;
    expect(fetched()).to.equal(1);
    expect(await app.notify({ ...webhook, status: 'CANCELLED', version: 9 }, { id })).to.equal(204);
    expect(await stored(webhook.bookingId)).to.include({ status: 'CONFIRMED', version: 3 });
    expect(await app.notify(webhook)).to.equal(204);
    expect(fetched()).to.equal(1);
  });

  it('keeps one file of ten equal deliveries at once', async () => {
    const webhook = confirmed();
    const before = { files: await count('tickets.files'), chunks: await count('tickets.chunks') };
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.notify(webhook)));
    expect(new Set(answers)).to.deep.equal(new Set([204]));
    expect(await count('tickets.files')).to.equal(before.files + 1);
    expect(await count('tickets.chunks')).to.equal(before.chunks + 1);
    expect(await count('ticket_uploads')).to.equal(0);
  });

  it('neither stores nor acknowledges a ticket with another hash', async () => {
    const files = await count('tickets.files');
    const webhook = confirmed();
    app.ticketing.pdfs.set(webhook.bookingId, Buffer.from('%PDF-1.7 another'));
    const id = newId();
    expect(await app.notify(webhook, { id })).to.equal(503);
    expect((await stored(webhook.bookingId))?.ticketFile).to.equal(null);
    expect(await count('tickets.files')).to.equal(files);

    app.ticketing.pdfs.set(webhook.bookingId, pdf);
    expect(await app.notify(webhook, { id })).to.equal(204);
    expect((await stored(webhook.bookingId))?.ticketFile?.sha256).to.equal(sha256);
  });

  it('does not acknowledge while the ticket cannot be had, and knows the booking all the same', async () => {
    const webhook = confirmed();
    app.ticketing.fault = 'cut';
    expect(await app.notify(webhook)).to.equal(503);
    app.ticketing.fault = undefined;
    expect(await stored(webhook.bookingId)).to.include({ status: 'CONFIRMED', ticketFile: null });
    expect(await app.notify(webhook)).to.equal(204);
  });

  it('refuses forged and stale deliveries: 401, nothing stored', async () => {
    const webhook = confirmed();
    const body = JSON.stringify(webhook);
    const forged = {
      'another secret': { secret: 'whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==' },
      'a body changed after signing': { sentBody: body.replace('"version":3', '"version":8') },
      'five minutes old': { at: new Date(Date.now() - 6 * minuteMs) },
      'from the future': { at: new Date(Date.now() + 6 * minuteMs) },
    };
    for (const [name, given] of Object.entries(forged)) expect(await app.notify(webhook, given), name).to.equal(401);
    const unsigned = await app.http.post('/webhooks/ticketing', webhook);
    expect([unsigned.status, unsigned.data.code]).to.deep.equal([401, 'webhook_forged']);
    expect(await stored(webhook.bookingId)).to.equal(null);
  });

  it('takes a delivery signed by any of two live secrets', async () => {
    expect(await app.notify(confirmed(), { secret: oldWebhookSecret })).to.equal(204);
  });

  it('refuses what is malformed: 400, whoever signed it', async () => {
    const { version: _, ...incomplete } = confirmed();
    for (const body of ['{"type":', '[]', JSON.stringify(incomplete), JSON.stringify({ ...confirmed(), type: 'x' })]) {
      expect(await app.notify(body), body.slice(0, 20)).to.equal(400);
    }
  });

  it('answers a type that it does not know yet, so that it is not sent for days, and leaves it to a replay', async () => {
    const id = newId();
    expect(await app.notify({ type: 'booking.upgraded', anything: 1 }, { id })).to.equal(204);
    expect(await app.dependencies.webhooks.isDone(id)).to.equal(false);
    expect(
      await app.notify({ type: 'booking.upgraded' }, { secret: 'whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==' }),
    ).to.equal(401);
  });
});
