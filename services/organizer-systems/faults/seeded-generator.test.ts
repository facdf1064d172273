import { expect } from 'chai';
import { describe, it } from 'mocha';
import { FaultPlan } from './fault-plan.ts';
import { seededGenerator } from './seeded-generator.ts';

const draws = (seed: string, count: number) => {
  const draw = seededGenerator(seed);
  return Array.from({ length: count }, () => draw());
};

describe('the seeded generator', () => {
  it('gives the same numbers for the same seed, others for another', () => {
    expect(draws('a', 100)).to.deep.equal(draws('a', 100));
    expect(draws('a', 100)).not.to.deep.equal(draws('b', 100));
  });

  it('gives numbers from 0 up to 1, spread evenly', () => {
    const numbers = draws('even', 10_000);
    expect(Math.min(...numbers)).to.be.at.least(0);
    expect(Math.max(...numbers)).to.be.below(1);
    const tenths = Array.from({ length: 10 }, (_, i) => numbers.filter((n) => Math.floor(n * 10) === i).length);
    // Chi-squared with 9 degrees of freedom exceeds 33.7 once in 10,000 seeds; this seed is fixed.
    const chiSquared = tenths.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).to.be.below(33.7);
  });
});

describe('the plan of faults', () => {
  const call = { name: 'hold', reference: 'r', event: 'e' } as const;
  const faultsOf = (plan: FaultPlan, count: number) => Array.from({ length: count }, () => plan.next(call));

  it('fails the share of calls it was told, in every way, the same ones for the same seed', () => {
    const count = 1_000;
    const rate = 0.2;
    const faults = faultsOf(new FaultPlan(rate, seededGenerator('rate')), count);
    const failed = faults.filter((fault) => fault !== undefined);
    // Binomial: four standard deviations on either side of the mean, 200 ± 50.6.
    const deviation = Math.sqrt(count * rate * (1 - rate));
    expect(failed.length).to.be.within(count * rate - 4 * deviation, count * rate + 4 * deviation);
    for (const kind of ['503', 'cut', 'timeout', 'rubbish']) {
      const share = failed.length / 4;
      const ofKind = failed.filter((fault) => fault === kind).length;
      expect(ofKind, kind).to.be.within(share - 4 * Math.sqrt(share * 0.75), share + 4 * Math.sqrt(share * 0.75));
    }
    expect(failed).not.to.include('refuse');
    expect(faultsOf(new FaultPlan(rate, seededGenerator('rate')), count)).to.deep.equal(faults);
  });

  it('leaves nothing to chance at a rate of 0', () => {
    const plan = new FaultPlan(0, () => 0);
    expect(faultsOf(plan, 100).every((fault) => fault === undefined)).to.equal(true);
  });

  it('does what was ordered, as often as ordered, in order, before chance is asked', () => {
    const plan = new FaultPlan(0, () => 0);
    plan.order({ event: 'e', fault: 'cut', times: 2 });
    plan.order({ reference: 'r', fault: '503', times: 1 });
    expect(faultsOf(plan, 4)).to.deep.equal(['cut', 'cut', '503', undefined]);
    expect(plan.orders()).to.deep.equal([]);
  });

  it('keeps orders to their reference, event and call; a release is never refused', () => {
    const plan = new FaultPlan(0, () => 0);
    plan.order({ reference: 'other', fault: 'cut', times: 1 });
    plan.order({ event: 'e', call: 'release', fault: 'timeout', times: 1 });
    plan.order({ event: 'e', fault: 'refuse', times: 1 });
    const release = { ...call, name: 'release' } as const;
    expect([plan.next(release), plan.next(release)]).to.deep.equal(['timeout', undefined]);
    expect([plan.next(call), plan.next(call)]).to.deep.equal(['refuse', undefined]);
    plan.clear();
    expect(plan.next({ ...call, reference: 'other' })).to.equal(undefined);
  });
});
