import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type Recovered, slowestAfterKills } from './recovery.ts';

const kill = (killed: string, ms: number | null, readyMs: number): Recovered => ({
  faults: [`kill ${killed}`],
  killed,
  ms,
  readyMs,
});

describe('the slowest recovery of a run', () => {
  it('counts from the restart, start-up included, and tells beside it what came after that', () => {
    const all = [kill('ticket-app', 4_000, 3_500), kill('client-app', 2_500, 1_000)];
    expect(slowestAfterKills(all)).to.deep.equal({ slowestRecoveryMs: 4_000, slowestRecoverySinceReadyMs: 1_500 });
  });

  it('is no less than the patience where nothing was sold in time, and 0 since ready if it was sold before', () => {
    const never = slowestAfterKills([kill('temporal', null, 2_000)]);
    expect(never).to.deep.equal({ slowestRecoveryMs: 30_000, slowestRecoverySinceReadyMs: 30_000 });
    expect(slowestAfterKills([kill('payment-app', 800, 900)])).to.have.property('slowestRecoverySinceReadyMs', 0);
  });

  it('is of strikes that killed one process and nothing else', () => {
    const cut: Recovered = { faults: ['cut a link'], ms: 9_000, readyMs: 0 };
    expect(slowestAfterKills([cut])).to.deep.equal({ slowestRecoveryMs: null, slowestRecoverySinceReadyMs: null });
    expect(slowestAfterKills([cut, kill('ticket-app', 1_000, 400)])).to.have.property('slowestRecoveryMs', 1_000);
  });
});
