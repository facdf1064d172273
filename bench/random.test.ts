import { expect } from 'chai';
import { describe, it } from 'mocha';
import { randomOf } from './random.ts';

const draw = (seed: number, count: number) => {
  const random = randomOf(seed);
  return Array.from({ length: count }, random);
};

describe('lots drawn by a seed', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(draw(1, 20)).to.deep.equal(draw(1, 20));
    expect(draw(1, 20)).to.not.deep.equal(draw(2, 20));
  });

  it('fall evenly from 0 to below 1', () => {
    const tenths = new Map<number, number>();
    for (const value of draw(7, 10_000))
      tenths.set(Math.floor(value * 10), (tenths.get(Math.floor(value * 10)) ?? 0) + 1);
    expect([...tenths.keys()].sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // 1,000 each, with a standard deviation of 30.
    for (const count of tenths.values()) expect(count).to.be.within(850, 1_150);
  });
});
