// An organizer from one end to the other: an account at client-app, events and buyers at ticket-app, a refusal at the
// organizer's own system that takes seats and their price out of sale.
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { sellElsewhereAtX } from './organizer-stage.ts';
import { anEvent, book, booked, call, person } from './stage.ts';

type Told = { status: number; body: Record<string, unknown> & { bookings?: Array<Record<string, unknown>> } };

describe('organizers', function () {
  this.timeout(60_000);
  after(closeDatabases);
  const ticketApp = (path: string, token: string, more: { method?: string; body?: unknown } = {}): Promise<Told> =>
    call(`${system().urls.ticketApp}${path}`, { token, ...more });

  it('see who books at their events, and nobody of any other', async () => {
    const [mine, other] = [await person('organizer'), await person('organizer')];
    const eventId = await anEvent({ changes: { ownerId: mine.userId } });
    const buyer = await person();
    const { bookingId, paymentUrl } = await booked(buyer, eventId, ['A-1-1']);
    const seen = await ticketApp(`/events/${eventId}/bookings`, mine.token);
    expect(seen.body.bookings).to.have.length(1);
    expect(seen.body.bookings?.[0]).to.deep.include({
      bookingId,
      status: 'AWAITING_PAYMENT',
      buyer: { customerId: buyer.userId, name: 'Sri Wahyuni' },
      seatIds: ['A-1-1'],
    });
    const text = JSON.stringify(seen.body);
    expect(text).to.not.include('@').and.not.include(paymentUrl);
    const refused = await ticketApp(`/events/${eventId}/bookings`, other.token);
    expect([refused.status, refused.body.code]).to.deep.equal([403, 'not_your_event']);
    expect((await ticketApp(`/events/${eventId}/bookings`, buyer.token)).status).to.equal(403);
  });

  it('keep an event with their own token, and buy tickets like anybody', async () => {
    const organizer = await person('organizer');
    const eventId = await anEvent({ changes: { ownerId: organizer.userId } });
    const change = { method: 'PATCH', body: { title: 'Malam Baru' } };
    expect((await ticketApp(`/events/${eventId}`, organizer.token, change)).body.title).to.equal('Malam Baru');
    expect((await book(organizer, eventId, ['A-1-2'])).status).to.be.oneOf([201, 202]);
    const elsewhere = await anEvent();
    expect((await ticketApp(`/events/${elsewhere}`, organizer.token, change)).status).to.equal(403);
  });

  it('lose a price from the list when the last seat of it was sold elsewhere', async () => {
    const [cheap, dear] = someSeats(2);
    const seats = [{ ...cheap, price: { amount: 100_000, currency: 'IDR' as const } }, dear].filter(
      (seat) => seat !== undefined,
    );
    const eventId = await anEvent({ seats: seats as ReturnType<typeof someSeats> });
    const lowest = async () => {
      const { body } = await call<{ prices?: { lowest: { amount: number } } }>(
        `${system().urls.clientApp}/events/${eventId}`,
      );
      return body.prices?.lowest.amount;
    };
    expect(await lowest()).to.equal(100_000);
    await sellElsewhereAtX(eventId, ['A-1-1']);
    const refused = await book(await person(), eventId, ['A-1-1']);
    expect(refused.body.code).to.equal('organizer_refused');
    await waitUntil('the price to be gone', async () => (await lowest()) === 750_000);
  });
});
