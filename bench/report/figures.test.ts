import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { RateReport } from '../load/rounds.ts';
import type { HotReport } from '../measures/hot.ts';
import type { PeerReport } from '../measures/peer.ts';
import { summaryOf } from '../statistics.ts';
import { figuresOf } from './figures.ts';
import { sectionsOf } from './sections.ts';
import { linesOf } from './wording.ts';

const rate = (perSecond: number, p99: number): RateReport => {
  const [speed, ms] = [summaryOf([perSecond]), summaryOf([p99])];
  return { connections: 64, perSecond: speed, latencies: { p50: ms, p95: ms, p99: ms, max: ms } };
};
const hot = (perSecond: number, p99: number): HotReport => {
  const at = rate(perSecond, p99);
  return { ticketApp: at, ticketAppFew: at, clientApp: at, clientAppFew: at };
};
const peerAt = (perSecond: number): PeerReport => {
  const at = { ...rate(perSecond, 1), cpuMsEach: {} };
  return { available: true, reserve: at, book: at, cart: at, hot: at };
};
const goalsOfHot = (ours: number, theirs: number, p99: number) =>
  sectionsOf({ hot: hot(ours, p99), peer: peerAt(theirs) })
    .flatMap(({ measure, rows }) => (measure === 'hot' ? rows : []))
    .flatMap(({ goal }) => (goal ? [`${goal.text} ${goal.met}`] : []));

describe('the figures of a benchmark', () => {
  it('compare ours with the peer of the same run', () => {
    const figures = figuresOf({ hot: hot(3_000, 40), peer: peerAt(200) });
    expect(figures.hotToPeer).to.equal(15);
    expect(figures.hotP99Ms).to.equal(40);
    expect(figures.peerCartPerSecond).to.equal(200);
  });

  it('are null with the reason, where the peer cannot be had', () => {
    const reason = 'no build for win32-x64';
    const figures = figuresOf({ hot: hot(3_000, 40), peer: { available: false, reason } });
    expect(figures.hotToPeer).to.equal(null);
    expect(figures.peerCartPerSecond).to.equal(null);
    expect(figures.hotP99Ms).to.equal(40);
    expect(figures.reasons.hotToPeer).to.equal(reason);
  });

  it('are null with the reason, where a measure was left out', () => {
    const { reasons, ...figures } = figuresOf({});
    expect(Object.values(figures).every((value) => value === null)).to.equal(true);
    expect(Object.keys(reasons)).to.have.members(Object.keys(figures));
    expect(reasons.bookToBare).to.equal('"book" was not measured in this run.');
  });

  it('are held against the goals, at their very edge, too', () => {
    expect(goalsOfHot(2_000, 200, 49)).to.deep.equal(['≥ 10 true', '< 50 true']);
    expect(goalsOfHot(1_999, 200, 50)).to.deep.equal(['≥ 10 false', '< 50 false']);
  });

  it('are told without a goal that nobody could measure', () => {
    const [section] = sectionsOf({ peer: { available: false, reason: 'no build' } });
    expect(linesOf(section ?? { measure: 'peer', rows: [] }).join('\n')).to.match(/not measured: no build +–$/);
  });
});
