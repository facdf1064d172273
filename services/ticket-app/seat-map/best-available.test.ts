import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bestAvailable, type Choosable } from './best-available.ts';
import { type Row, rowsOf } from './hall.ts';

type Seat = Choosable & { section: string; row: string };

/** A row from a picture: `.` is free, `s` free of another category, `x` taken, a space a gap in the numbers. */
const rowOf = (picture: string, row = '1', section = 'A'): Seat[] =>
  [...picture].flatMap((mark, i) =>
    mark === ' '
      ? []
      : [
          {
            seatId: `${section}-${row}-${i + 1}`,
            section,
            row,
            number: String(i + 1),
            category: mark === 's' ? 'Silver' : 'Gold',
            isFree: mark !== 'x',
          },
        ],
  );
const hall = (...pictures: string[]): Row<Seat>[] => rowsOf(pictures.flatMap((one, i) => rowOf(one, String(i + 1))));
const choose = (rows: Row<Seat>[], seats: number, seed = 'a') => bestAvailable(rows, { category: 'Gold', seats, seed });

/** What it says of a hall, by another way of looking at it: each seat, its neighbours by number. */
const byId = (rows: Row<Seat>[]) =>
  new Map(rows.flatMap((row) => row.seats.map((seat) => [seat.seatId, seat] as const)));
const neighbour = (seats: Map<string, Seat>, seat: Seat, step: number) =>
  seats.get(`${seat.section}-${seat.row}-${Number(seat.number) + step}`);
const isSingle = (seats: Map<string, Seat>, taken: Set<string>, seat: Seat): boolean => {
  const isFree = (one: Seat | undefined) => one?.isFree === true && !taken.has(one.seatId);
  return isFree(seat) && !isFree(neighbour(seats, seat, -1)) && !isFree(neighbour(seats, seat, 1));
};
function newOrphans(rows: Row<Seat>[], seatIds: string[]): number {
  const seats = byId(rows);
  return [...seats.values()].filter(
    (seat) => isSingle(seats, new Set(seatIds), seat) && !isSingle(seats, new Set(), seat),
  ).length;
}
function everyWay(rows: Row<Seat>[], count: number): string[][] {
  const seats = byId(rows);
  return [...seats.values()].flatMap((first) => {
    const group = Array.from({ length: count }, (_, i) => neighbour(seats, first, i));
    const fits = group.every((seat) => seat?.isFree && seat.category === 'Gold');
    return fits ? [group.map((seat) => (seat as Seat).seatId)] : [];
  });
}

/** Rows as people number them, with pillars and other categories; two neighbours at least, so that a step is 1. */
const picture = fc
  .string({ unit: fc.constantFrom('.', '.', '.', 'x', 's', ' '), maxLength: 14 })
  .map((row) => `xx${row}`);
const someHall = fc.array(picture, { minLength: 1, maxLength: 5 }).map((rows) => hall(...rows));
const count = fc.integer({ min: 1, max: 5 });

describe('choosing the best seats that are available', () => {
  it('chooses free seats of the category, side by side, whenever there are some', () => {
    fc.assert(
      fc.property(someHall, count, fc.string(), (rows, seats, seed) => {
        const ways = everyWay(rows, seats).map((way) => way.join());
        const choice = choose(rows, seats, seed);
        if (choice.outcome === 'chosen') expect(ways).to.include(choice.seatIds.join());
        else expect(ways).to.deep.equal([]);
      }),
    );
  });

  it('leaves no more single seats behind than the best way does', () => {
    fc.assert(
      fc.property(someHall, count, fc.string(), (rows, seats, seed) => {
        const choice = choose(rows, seats, seed);
        fc.pre(choice.outcome === 'chosen');
        const fewest = Math.min(...everyWay(rows, seats).map((way) => newOrphans(rows, way)));
        expect(newOrphans(rows, choice.outcome === 'chosen' ? choice.seatIds : [])).to.equal(fewest);
      }),
      { numRuns: 300 },
    );
  });

  it('tells the largest group there is, where there is none of that size', () => {
    fc.assert(
      fc.property(someHall, count, (rows, seats) => {
        const choice = choose(rows, seats);
        fc.pre(choice.outcome === 'not_enough');
        const sizes = Array.from({ length: 16 }, (_, i) => i + 1).filter((size) => everyWay(rows, size).length > 0);
        expect(choice).to.deep.equal({ outcome: 'not_enough', largest: Math.max(0, ...sizes) });
      }),
    );
  });

  it('chooses the same for the same seed, and different seats for many seeds', () => {
    const rows = hall('....................', '....................');
    const seeds = Array.from({ length: 100 }, (_, i) => `seed-${i}`);
    const choices = seeds.map((seed) => JSON.stringify(choose(rows, 2, seed)));
    expect(seeds.map((seed) => JSON.stringify(choose(rows, 2, seed)))).to.deep.equal(choices);
    expect(new Set(choices).size).to.be.greaterThan(5);
  });

  it('would rather take a single seat than make one', () => {
    expect(choose(hall('xxx.xx', '..xxxx'), 1)).to.deep.equal({ outcome: 'chosen', seatIds: ['A-1-4'] });
    // A run of four leaves a single one; of five, two.
    for (const seed of ['a', 'b', 'c'])
      expect(JSON.stringify(choose(hall('....xx', '.....x'), 3, seed))).to.match(/A-2-/);
  });

  it('sits nearer the middle of the front than at the ends or the back', () => {
    const empty = hall(...Array.from({ length: 20 }, () => '.'.repeat(40)));
    for (let i = 0; i < 50; i += 1) {
      const choice = choose(empty, 2, `s${i}`);
      const [, row, number] = (choice.outcome === 'chosen' ? (choice.seatIds[0] ?? '') : '').split('-').map(Number);
      expect(row).to.be.at.most(4);
      expect(number).to.be.within(13, 27);
    }
  });

  it('reads rows and numbers as people do, and odd numbers as neighbours', () => {
    const odd = [1, 3, 5, 7, 11].map((number) => ({
      seatId: `A-10-${number}`,
      section: 'A',
      row: '10',
      number: String(number),
      category: 'Gold',
      isFree: true,
    }));
    const rows = rowsOf([...odd, ...rowOf('xx', '2')]);
    expect(rows.map(({ name, fromFront }) => [name, fromFront])).to.deep.equal([
      ['2', 0],
      ['10', 1],
    ]);
    expect(choose(rows, 4)).to.deep.equal({ outcome: 'chosen', seatIds: odd.slice(0, 4).map(({ seatId }) => seatId) });
    expect(choose(rows, 5)).to.deep.equal({ outcome: 'not_enough', largest: 4 });
  });
});
