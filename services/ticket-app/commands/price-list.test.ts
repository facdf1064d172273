import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { eventModel, noPrice } from '../models/event.ts';
import { createEventLedger } from '../models/event-ledger.ts';
import { seatModel } from '../models/seat.ts';
import { createPriceList } from './price-list.ts';

describe("what an event's seats cost, on the event", () => {
  const app = useTicketApp();
  let eventId: string;
  const path = (seatId = '') => `/events/${eventId}/seats${seatId && `/${seatId}`}`;
  const stored = async () => (await eventModel(app().connection).findById(eventId).lean())?.prices;
  const priced = (...amounts: number[]) =>
    someSeats(amounts.length).map((seat, i) => ({ ...seat, price: { amount: amounts[i], currency: 'IDR' } }));
  const list = () => createPriceList(app().connection, createEventLedger(app().connection));

  beforeEach(async () => {
    eventId = (await app().call('POST', '/events', { body: someEvent() })).body.eventId;
    await app().call('POST', path(), { body: { seats: priced(900, 300, 300, 500) } });
  });

  it('is there once seats are added, and shown as the lowest and the highest', async () => {
    expect(await stored()).to.deep.equal([300, 500, 900]);
    const { body } = await app().call('GET', `/events/${eventId}`);
    expect(body.prices).to.deep.equal({
      lowest: { amount: 300, currency: 'IDR' },
      highest: { amount: 900, currency: 'IDR' },
    });
    const empty = await app().call('POST', '/events', { body: someEvent() });
    expect(empty.body).to.not.have.property('prices');
  });

  it('follows seats that are edited, closed, opened again and removed', async () => {
    await app().call('PATCH', path('A-1-1'), { body: { price: { amount: 700, currency: 'IDR' } } });
    expect(await stored()).to.deep.equal([300, 500, 700]);
    await app().call('POST', path('A-1-4/close'), { body: { reason: 'pillar' } });
    expect(await stored(), 'one of one closed').to.deep.equal([300, 700]);
    await app().call('POST', path('A-1-2/close'), { body: { reason: 'pillar' } });
    expect(await stored(), 'one of two closed').to.deep.equal([300, 700]);
    await app().call('POST', path('A-1-4/reopen'));
    expect(await stored(), 'opened again').to.deep.equal([300, 500, 700]);
    await app().call('DELETE', path('A-1-1'));
    expect(await stored(), 'removed').to.deep.equal([300, 500]);
  });

  it('is that of sold seats too, and stays when the event is cancelled', async () => {
    await seatModel(app().connection).updateMany({ eventId, 'price.amount': 900 }, { $set: { status: 'BOOKED' } });
    await list().renew(eventId);
    expect(await stored()).to.deep.equal([300, 500, 900]);
    await seatModel(app().connection).updateMany({ eventId }, { $set: { closed: { reason: 'event_cancelled' } } });
    await list().renew(eventId);
    expect(await stored()).to.deep.equal([300, 500, 900]);
  });

  it('is none, and the last in the order of prices, when every seat is closed', async () => {
    for (const seatId of ['A-1-1', 'A-1-2', 'A-1-3', 'A-1-4']) {
      await app().call('POST', path(`${seatId}/close`), { body: { reason: 'flood' } });
    }
    const event = await eventModel(app().connection).findById(eventId).lean();
    expect(event).to.deep.include({ prices: [], lowestPrice: noPrice, highestPrice: 0 });
  });

  it('does not drift, whoever changes prices at once', async () => {
    await app().call('POST', path(), {
      body: { seats: priced(...Array(40).fill(100)).map((seat, i) => ({ ...seat, seatId: `B-${i}` })) },
    });
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        i % 4 === 3
          ? app().call('DELETE', path(`B-${i}`))
          : app().call('PATCH', path(`B-${i}`), { body: { price: { amount: 1_000 + i, currency: 'IDR' } } }),
      ),
    );
    const seats = await seatModel(app().connection).find({ eventId }).lean();
    const expected = [...new Set(seats.map(({ price }) => price.amount))].sort((a, b) => a - b);
    expect(expected).to.have.length(33);
    expect(await stored()).to.deep.equal(expected);
    expect((await eventModel(app().connection).findById(eventId).lean())?.repricing).to.equal(undefined);
  });

  it('is read by the sweep where a process was killed between the change and the reading', async () => {
    const killed = list().during(eventId, async () => {
      await seatModel(app().connection).deleteMany({ eventId, 'price.amount': 900 });
      throw new Error('killed');
    });
    expect(await killed.catch((error: Error) => error.message)).to.equal('killed');
    expect(await stored()).to.deep.equal([300, 500, 900]);
    await app().sweep(new Date(Date.now() + 31_000));
    expect(await stored()).to.deep.equal([300, 500]);
  });

  it('is not written by whoever read before another one changed a seat', async () => {
    const events = createEventLedger(app().connection);
    const early = { id: newId(), at: new Date() };
    await events.beginRepricing(eventId, early);
    await list().during(eventId, () => seatModel(app().connection).deleteMany({ eventId, 'price.amount': 900 }));
    await events.reprice(eventId, early.id, { prices: [900], lowestPrice: 900, highestPrice: 900 });
    expect(await stored()).to.deep.equal([300, 500]);
  });

  it('costs a look for each price, however many seats there are', async () => {
    const seat = someSeats(1)[0];
    await seatModel(app().connection).insertMany(
      Array.from({ length: 3_000 }, (_, i) => ({
        ...seat,
        eventId,
        seatId: `C-${i}`,
        price: { amount: i % 2 === 0 ? 300 : 400, currency: 'IDR' },
        status: 'OPEN',
        holder: null,
        closed: null,
        waitlisted: false,
        waitSeq: 0,
        barred: [],
        changedAt: new Date(),
        version: 0,
      })),
    );
    const plan = (await seatModel(app().connection)
      .findOne({ eventId, 'price.amount': { $gt: 300 }, 'closed.reason': { $in: [null, 'event_cancelled'] } })
      .sort({ 'price.amount': 1 })
      .explain('executionStats')) as unknown as { executionStats: { totalKeysExamined: number } };
    expect(plan.executionStats.totalKeysExamined).to.be.at.most(5);
    await list().renew(eventId);
    expect(await stored()).to.deep.equal([300, 400, 500, 900]);
  });
});
