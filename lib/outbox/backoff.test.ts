import { expect } from 'chai';
import { describe, it } from 'mocha';
import { backoffMs, nextTryAt, type RetrySchedule } from './backoff.ts';

const schedule: RetrySchedule = { firstMs: 100, factor: 2, capMs: 1_000, giveUpAfterMs: 60_000 };

describe('the retry schedule', () => {
  it('doubles its steps up to the cap', () => {
    expect([1, 2, 3, 4, 5, 50].map((tries) => backoffMs(schedule, tries, 1))).to.eql([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
  });

  it('waits at least half of a step, so that what failed together comes back apart', () => {
    expect(backoffMs(schedule, 3, 0)).to.equal(200);
    expect(new Set(Array.from({ length: 50 }, () => backoffMs(schedule, 5))).size).to.be.greaterThan(10);
  });

  it('comes to its end', () => {
    const startedAt = new Date('2026-11-21T00:00:00Z');
    expect(nextTryAt(schedule, startedAt, 9, new Date('2026-11-21T00:00:59Z'))).to.be.greaterThan(
      new Date('2026-11-21T00:00:59Z'),
    );
    expect(nextTryAt(schedule, startedAt, 9, new Date('2026-11-21T00:01:00Z'))).to.equal(undefined);
  });
});
