import { expect } from 'chai';
import type { Context } from 'koa';
import { describe, it } from 'mocha';
import { etagOf, ifMatch } from './conditional.ts';
import { Problem } from './problem.ts';

const asking = (header: string) => ({ get: (name: string) => (name === 'If-Match' ? header : '') }) as Context;

describe('If-Match', () => {
  it('names the version that an ETag was given for', () => {
    expect(etagOf(7)).to.equal('"7"');
    expect(ifMatch(asking(etagOf(7)))).to.equal(7);
  });

  it('asks for none where it is missing, or for any', () => {
    expect(ifMatch(asking(''))).to.equal(undefined);
    expect(ifMatch(asking('*'))).to.equal(undefined);
  });

  for (const strange of ['7', 'W/"7"', '"seven"', '"1", "2"', '"-1"', '"99999999999999999999"']) {
    it(`is refused as ${strange}, which no ETag of ours is`, () => {
      expect(() => ifMatch(asking(strange)))
        .to.throw(Problem)
        .that.deep.includes({ status: 400, members: { field: 'header.If-Match' } });
    });
  }
});
