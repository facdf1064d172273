import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Problem } from '../http/problem.ts';
import { cursorMaxLength, decodeCursor, encodeCursor, pagesOf } from './cursor.ts';

const cursorOf = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');
const refusal = { status: 400, code: 'invalid_cursor', members: { field: 'query.cursor' } };

describe('a cursor', () => {
  it('comes back as it went out, whatever the list is sorted by', () => {
    const position = { at: new Date(), id: 'b-1' };
    expect(decodeCursor(encodeCursor(position))).to.deep.equal(position);
    const word = { at: 'senja "di" jakarta', id: 'b-1' };
    expect(decodeCursor(encodeCursor(word, 'titles'), 'text', 'titles')).to.deep.equal(word);
    const price = { at: 450_000, id: 'b-1' };
    expect(decodeCursor(encodeCursor(price, 'prices'), 'number', 'prices')).to.deep.equal(price);
  });

  const foreign = {
    'no JSON': 'x',
    'no list': cursorOf(null),
    'no instant': cursorOf(['2026', 'b-1']),
    'an instant that no calendar has': cursorOf([9_000_000_000_000_000, 'b-1']),
    'an operator for an id': cursorOf([0, { $gt: '' }]),
    'another list': cursorOf([0, 'b-1', 'titles']),
  };
  for (const [what, cursor] of Object.entries(foreign)) {
    it(`of ${what} is refused, naming the field`, () => {
      expect(() => decodeCursor(cursor))
        .to.throw(Problem)
        .that.deep.includes(refusal);
    });
  }

  it('with an operator for a sort key is refused', () => {
    expect(() => decodeCursor(cursorOf([{ $gt: '' }, 'b-1']), 'text')).to.throw(Problem);
    expect(() => decodeCursor(cursorOf([{ $gt: 0 }, 'b-1']), 'number')).to.throw(Problem);
  });

  it('of the longest key and id fits into its limit', () => {
    const longest = encodeCursor({ at: '\ud800'.repeat(80), id: 'x'.repeat(64) }, 'x'.repeat(12));
    expect(longest.length).to.be.at.most(cursorMaxLength);
  });
});

describe('the pages of a list', () => {
  interface Row {
    _id: string;
    title: string;
  }
  const byTitle = { field: 'title', kind: 'text', direction: 1, keyOf: (row: Row) => row.title } as const;
  const rows = [
    { _id: '1', title: 'a' },
    { _id: '2', title: 'b' },
  ];

  it('have a cursor that is good for the same filters and order only', () => {
    const { nextCursor } = pagesOf(byTitle, { city: 'jakarta' }).page(rows, 1);
    expect(() => pagesOf(byTitle, { city: 'jakarta' }).after(nextCursor)).not.to.throw();
    for (const other of [{}, { city: 'bandung' }, { city: 'jakarta', status: 'published' }]) {
      expect(() => pagesOf(byTitle, other).after(nextCursor), JSON.stringify(other))
        .to.throw(Problem)
        .that.deep.includes(refusal);
    }
    const backwards = pagesOf({ ...byTitle, direction: -1 }, { city: 'jakarta' });
    expect(() => backwards.after(nextCursor)).to.throw(Problem);
  });

  it('take the same filters in another order for the same ones, and none for undefined', () => {
    const { nextCursor } = pagesOf(byTitle, { city: 'jakarta', status: 'draft' }).page(rows, 1);
    const same = pagesOf(byTitle, { status: 'draft', q: undefined, city: 'jakarta' });
    expect(() => same.after(nextCursor)).not.to.throw();
  });

  it('end without a cursor', () => {
    expect(pagesOf(byTitle, {}).page(rows, 2)).to.deep.equal({ rows });
  });
});
