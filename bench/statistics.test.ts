import { expect } from 'chai';
import { describe, it } from 'mocha';
import { latenciesOf, percentile, rounded, summaryOf } from './statistics.ts';

describe('statistics', () => {
  it('takes the middle round, in whatever order they came, and their spread', () => {
    expect(summaryOf([9, 1, 4])).to.deep.equal({ median: 4, min: 1, max: 9, rounds: [9, 1, 4] });
  });

  it('takes the mean of the two in the middle of an even number of rounds', () => {
    expect(summaryOf([4, 1, 9, 2]).median).to.equal(3);
  });

  it('sorts by value and not by text', () => {
    expect(summaryOf([100, 20, 3]).median).to.equal(20);
  });

  it('has no median of no rounds', () => {
    expect(summaryOf([]).median).to.be.NaN;
  });

  it('takes the nearest rank: of a hundred the 99th is p99', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(percentile(hundred, 0.5)).to.equal(50);
    expect(percentile(hundred, 0.99)).to.equal(99);
    expect(percentile(hundred, 1)).to.equal(100);
    expect(percentile([7], 0.01)).to.equal(7);
    expect(percentile([], 0.5)).to.be.NaN;
  });

  it('tells latencies of any order, rounded to two decimals', () => {
    expect(latenciesOf([30.004, 10.006, 20])).to.deep.equal({ count: 3, p50: 20, p95: 30, p99: 30, max: 30 });
    expect(rounded(1.005 + 1e-9)).to.equal(1.01);
  });
});
