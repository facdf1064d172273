import { expect } from 'chai';
import { describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { outcomeOf, refundOutcomeOf } from './payment-outcome.ts';

const tryOf = (attemptId: string) => ({ attemptId, method: 'card' }) as const;

describe('the outcome of a try (P2)', () => {
  it('is declined about as often as configured', () => {
    const declined = Array.from({ length: 20_000 }, (_, i) =>
      outcomeOf(tryOf(`attempt-${i}`), { seed: 'kursi', declineRate: 0.1 }),
    ).filter((outcome) => outcome === 'declined').length;
    expect(declined).to.be.within(1_850, 2_150);
  });

  it('is the same each time for the same seed and try, and another draw for another seed', () => {
    const ids = Array.from({ length: 64 }, () => newId());
    const run = (seed: string) => ids.map((id) => outcomeOf(tryOf(id), { seed, declineRate: 0.5 }));
    expect(run('a')).to.eql(run('a'));
    expect(run('a')).not.to.eql(run('b'));
  });

  it('is never left to chance at the ends, nor by a method that forces it', () => {
    const ids = Array.from({ length: 200 }, () => newId());
    const all = (method: 'card' | 'test_success' | 'test_slow_decline', declineRate: number) =>
      new Set(ids.map((attemptId) => outcomeOf({ attemptId, method }, { seed: 's', declineRate })));
    expect([...all('card', 0)]).to.eql(['paid']);
    expect([...all('card', 1)]).to.eql(['declined']);
    expect([...all('test_success', 1)]).to.eql(['paid']);
    expect([...all('test_slow_decline', 0)]).to.eql(['declined']);
  });
});

describe('the outcome of a try to return money', () => {
  const failing = (seed: string, refundFailureRate: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      refundOutcomeOf({ refundId: `refund-${i}`, n: 1, paidBy: 'card' }, { seed, refundFailureRate }),
    );

  it('is a failure about as often as configured', () => {
    const failed = failing('kursi', 0.1, 20_000).filter((outcome) => outcome === 'failed').length;
    expect(failed).to.be.within(1_850, 2_150);
  });

  it('is the same each time for the same seed, refund and try, and another draw for another seed or try', () => {
    expect(failing('a', 0.5, 64)).to.eql(failing('a', 0.5, 64));
    expect(failing('a', 0.5, 64)).not.to.eql(failing('b', 0.5, 64));
    const tries = (refundId: string) =>
      Array.from({ length: 64 }, (_, n) =>
        refundOutcomeOf({ refundId, n: n + 1, paidBy: 'qris' }, { seed: 's', refundFailureRate: 0.5 }),
      );
    expect(new Set(tries('r'))).to.eql(new Set(['failed', 'succeeded']));
  });

  it('is forced by the test method that paid', () => {
    const first = (paidBy: 'test_success' | 'test_refund_fails_twice', refundFailureRate: number) =>
      [1, 2, 3, 4].map((n) => refundOutcomeOf({ refundId: 'r', n, paidBy }, { seed: 's', refundFailureRate }));
    expect(first('test_success', 1)).to.eql(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect(first('test_refund_fails_twice', 0)).to.eql(['failed', 'failed', 'succeeded', 'succeeded']);
  });
});
