import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import {
  type Answer,
  anEvent,
  type BookingAnswer,
  book,
  bookingOf,
  call,
  type Person,
  people,
  person,
  seatsOf,
} from './stage.ts';

interface Place {
  row: string;
  number: number;
}

const hall = (rows: number, perRow: number) =>
  Array.from({ length: rows }, (_, i) =>
    someSeats(perRow).map((seat) => ({ ...seat, row: String(i + 1), seatId: `A-${i + 1}-${seat.number}` })),
  ).flat();
const placeOf = (seatId: string): Place => {
  const [, row = '', number = ''] = seatId.split('-');
  return { row, number: Number(number) };
};

type BestAnswer = Answer<BookingAnswer & { largestGroup?: number }>;

/**
 * Again by the same key while a busy machine answers that it goes on being made (202), or that nothing was begun (503); by
 * a new one where the booking has ended because a neighbour was too busy.
 */
function bookBest(
  { token }: Person,
  eventId: string,
  seats: number,
  { key = newId(), category = 'Gold' } = {},
): Promise<BestAnswer> {
  let present = key;
  return waitUntil(
    'an answer that lasts',
    async () => {
      const answer: BestAnswer = await call(`${system().urls.clientApp}/bookings`, {
        token,
        headers: { 'idempotency-key': present },
        body: { eventId, bestAvailable: { category, seats } },
      });
      if (answer.status === 503 && answer.body.booking) present = newId();
      return answer.status !== 202 && answer.status !== 503 && answer;
    },
    120_000,
  );
}

const isBooked = ({ status }: Answer) => status === 201;

function areSideBySide(seatIds: readonly string[]): boolean {
  const places = seatIds.map(placeOf).sort((a, b) => a.number - b.number);
  return places.every(({ row, number }, i) => row === places[0]?.row && number === (places[0]?.number ?? 0) + i);
}

describe('booking the best available seats', function () {
  this.timeout(180_000);
  after(closeDatabases);

  /** Free seats with nothing free beside them. */
  async function singleSeats(eventId: string): Promise<string[]> {
    const seats = Object.entries(await seatsOf(eventId));
    const free = new Set(seats.filter(([, { status }]) => status === 'OPEN').map(([seatId]) => seatId));
    return [...free].filter((seatId) => {
      const { row, number } = placeOf(seatId);
      return !free.has(`A-${row}-${number - 1}`) && !free.has(`A-${row}-${number + 1}`);
    });
  }

  it('60 at once, of 2 to 4: all side by side, no seat twice, and no single seat left behind', async () => {
    const eventId = await anEvent({ seats: hall(15, 20) });
    const buyers = await people(60);
    const sizes = buyers.map((_, i) => 2 + (i % 3));
    const answers = await Promise.all(buyers.map((buyer, i) => bookBest(buyer, eventId, sizes[i] ?? 2)));
    expect(answers.filter((answer) => !isBooked(answer)).map(({ body }) => body)).to.deep.equal([]);
    const groups = answers.map(({ body }) => body.seatIds ?? []);
    expect(groups.map(({ length }) => length)).to.deep.equal(sizes);
    for (const group of groups) expect(areSideBySide(group), group.join()).to.equal(true);
    const all = groups.flat();
    expect(new Set(all).size).to.equal(all.length);
    expect(await singleSeats(eventId)).to.deep.equal([]);
  });

  it('chooses others where single bookings take the seats meanwhile, and the buyer sees one booking only', async () => {
    const eventId = await anEvent({ seats: hall(10, 12) });
    const [groups, singles] = [await people(20), await people(40)];
    const [best] = await Promise.all([
      Promise.all(groups.map((buyer) => bookBest(buyer, eventId, 2))),
      Promise.all(singles.map((buyer, i) => book(buyer, eventId, [`A-${1 + (i % 4)}-${2 + Math.floor(i / 4)}`]))),
    ]);
    const taken = new Set<string>();
    for (const [i, answer] of best.entries()) {
      expect(isBooked(answer), JSON.stringify(answer.body)).to.equal(true);
      const { bookingId = '', seatIds = [] } = answer.body;
      expect(areSideBySide(seatIds)).to.equal(true);
      for (const seatId of seatIds) {
        expect(taken.has(seatId), seatId).to.equal(false);
        taken.add(seatId);
      }
      const token = groups[i]?.token;
      const list = await call<{ bookings: Array<{ bookingId: string }> }>(`${system().urls.clientApp}/bookings`, {
        token,
      });
      expect(list.body.bookings.map((one) => one.bookingId)).to.deep.equal([bookingId]);
    }
  });

  it('says how many are free side by side where there are not enough, and splits nothing', async () => {
    const eventId = await anEvent({ seats: hall(2, 5) });
    const buyers = await people(5);
    const [first, second, third, fourth, fifth] = buyers as [Person, Person, Person, Person, Person];
    expect(isBooked(await bookBest(first, eventId, 3))).to.equal(true);
    expect(isBooked(await bookBest(second, eventId, 3))).to.equal(true);
    const refused = await bookBest(third, eventId, 3);
    expect([refused.status, refused.body.code, refused.body.largestGroup]).to.deep.equal([
      409,
      'not_enough_adjacent_seats',
      2,
    ]);
    expect(isBooked(await bookBest(third, eventId, 2))).to.equal(true);
    expect(isBooked(await bookBest(fourth, eventId, 2))).to.equal(true);
    const soldOut = await bookBest(fifth, eventId, 1);
    expect([soldOut.status, soldOut.body.largestGroup]).to.deep.equal([409, 0]);
    expect((await bookBest(fifth, eventId, 1, { category: 'Royal' })).body.code).to.equal('category_not_found');
  });

  it('is booked once for each key, whichever seats it came to', async () => {
    const eventId = await anEvent({ seats: hall(4, 10) });
    const buyer = await person();
    const key = newId();
    const both = await Promise.all([bookBest(buyer, eventId, 2, { key }), bookBest(buyer, eventId, 2, { key })]);
    const again = await bookBest(buyer, eventId, 2, { key });
    const [one] = both;
    for (const { body } of [...both, again]) {
      expect([body.bookingId, body.seatIds]).to.deep.equal([one?.body.bookingId, one?.body.seatIds]);
    }
    expect((await bookBest(buyer, eventId, 3, { key })).body.code).to.equal('idempotency_key_reused');
    expect((await book(buyer, eventId, ['A-1-1'], key)).body.code).to.equal('idempotency_key_reused');
    const held = Object.values(await seatsOf(eventId)).filter(({ status }) => status !== 'OPEN');
    expect(held).to.have.length(2);
    expect((await bookingOf(buyer, one?.body.bookingId ?? '')).body.seatIds).to.deep.equal(one?.body.seatIds);
  });

  it('takes seats or a wish, and exactly one of them', async () => {
    const [buyer, eventId] = [await person(), await anEvent()];
    const ask = (body: object) =>
      call<BookingAnswer>(`${system().urls.clientApp}/bookings`, {
        token: buyer.token,
        headers: { 'idempotency-key': newId() },
        body: { eventId, ...body },
      });
    const bestAvailable = { category: 'Gold', seats: 2 };
    for (const body of [{}, { seatIds: ['A-1-1'], bestAvailable }]) {
      expect((await ask(body)).body).to.include({ code: 'invalid_request', field: 'body.seatIds' });
    }
    for (const seats of [0, 11, 1.5]) {
      const { body } = await ask({ bestAvailable: { ...bestAvailable, seats } });
      expect(body).to.include({ code: 'invalid_request', field: 'body.bestAvailable.seats' });
    }
    const { body } = await ask({ bestAvailable: { ...bestAvailable, row: '1' } });
    expect(body).to.include({ code: 'unknown_field', field: 'body.bestAvailable.row' });
  });
});
