import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Problem } from '../http/problem.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

const cursorOf = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

describe('a cursor', () => {
  it('comes back as it went out', () => {
    const position = { at: new Date(), id: 'b-1' };
    expect(decodeCursor(encodeCursor(position))).to.deep.equal(position);
  });

  const foreign = {
    'no JSON': 'x',
    'no list': cursorOf(null),
    'no instant': cursorOf(['2026', 'b-1']),
    'an instant that no calendar has': cursorOf([9_000_000_000_000_000, 'b-1']),
    'an operator for an id': cursorOf([0, { $gt: '' }]),
  };
  for (const [what, cursor] of Object.entries(foreign)) {
    it(`of ${what} is refused, naming the field`, () => {
      expect(() => decodeCursor(cursor))
        .to.throw(Problem)
        .that.deep.includes({ status: 400, code: 'invalid_cursor', members: { field: 'query.cursor' } });
    });
  }
});
