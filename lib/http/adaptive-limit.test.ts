import { expect } from 'chai';
import { describe, it } from 'mocha';
import { AdaptiveLimit } from './adaptive-limit.ts';

/**
 * A service that can do `capacity` calls a second, and makes everybody wait for each other beyond that, is offered
 * `offered` calls a second for `seconds`. Times are those of the model, so that no test depends on the machine.
 */
function play(
  limit: AdaptiveLimit,
  { capacity, offered, seconds }: Record<'capacity' | 'offered' | 'seconds', number>,
) {
  const underWay: Array<{ startedAt: number; endsAt: number }> = [];
  let freeAt = 0;
  let [served, refused, late] = [0, 0, 0];
  for (let n = 0; n < offered * seconds; n += 1) {
    const now = (n / offered) * 1000;
    while (underWay[0] && underWay[0].endsAt <= now) {
      const { startedAt, endsAt } = underWay.shift() as { startedAt: number; endsAt: number };
      limit.leave({ served: true, ms: endsAt - startedAt }, endsAt);
      served += 1;
      if (endsAt - startedAt > 3_000) late += 1;
    }
    if (!limit.enter(now)) {
      refused += 1;
      continue;
    }
    freeAt = Math.max(freeAt, now) + 1000 / capacity;
    underWay.push({ startedAt: now, endsAt: freeAt });
  }
  return { served, refused, late };
}

describe('an adaptive limit', () => {
  it('lets all in while nothing is slow', () => {
    const limit = new AdaptiveLimit({ most: 256, slowMs: 1_000 });
    expect(play(limit, { capacity: 100, offered: 50, seconds: 20 }).refused).to.equal(0);
    expect(limit.limit).to.equal(256);
  });

  it('under ten times the load keeps the service busy, and who is let in does not wait long', () => {
    const limit = new AdaptiveLimit({ most: 256, slowMs: 1_000 });
    play(limit, { capacity: 20, offered: 200, seconds: 20 });
    const settled = new AdaptiveLimit({ most: limit.limit, slowMs: 1_000 });
    const { served, late } = play(settled, { capacity: 20, offered: 200, seconds: 30 });
    expect(served).to.be.at.least(20 * 30 * 0.9);
    expect(late).to.equal(0);
  });

  it('is lowered in one step by calls that were slow at the same time', () => {
    const limit = new AdaptiveLimit({ most: 100, slowMs: 1_000 });
    for (let n = 0; n < 50; n += 1) limit.enter(0);
    for (let n = 0; n < 50; n += 1) limit.leave({ served: true, ms: 5_000 }, 5_000);
    expect(limit.limit).to.equal(70);
  });

  it('is not raised by refusals, however quick', () => {
    const limit = new AdaptiveLimit({ most: 100, slowMs: 1_000 });
    limit.enter(0);
    limit.leave({ served: false, ms: 2_000 }, 2_000);
    for (let n = 0; n < 70; n += 1) limit.enter(2_100);
    for (let n = 0; n < 70; n += 1) limit.leave({ served: false, ms: 5 }, 2_200);
    expect(limit.limit).to.equal(70);
  });

  it('grows back when the rush is over', () => {
    const limit = new AdaptiveLimit({ most: 100, slowMs: 1_000 });
    limit.enter(0);
    limit.leave({ served: true, ms: 2_000 }, 2_000);
    expect(limit.enter(5_000)).to.equal(true);
    expect(limit.limit).to.equal(100);
  });

  it('never falls so low that nobody could show that it is over', () => {
    const limit = new AdaptiveLimit({ most: 100, slowMs: 1_000 });
    for (let second = 1; second < 60; second += 1) {
      limit.enter(second * 1_000);
      limit.leave({ served: true, ms: 9_000 }, second * 1_000 + 999);
    }
    expect(limit.limit).to.be.at.least(4);
  });
});
