import { expect } from 'chai';
import { describe, it } from 'mocha';
import { chaos } from '../chaos/chaos.ts';
import { system } from '../engines.ts';

/** Its first strikes are of each kind, and short. */
const seed = 934;
const seconds = 25;
const leastStrikes = 5;

describe('a load of buyers while a nemesis strikes', function () {
  this.timeout(300_000);

  it('is promised nothing that is not so in the end', async () => {
    const { signal } = new AbortController();
    const report = await chaos(system(), { seed, seconds, leastStrikes, say: () => {}, signal });
    expect(report.violations).to.deep.equal([]);
    const { faults, bookings, answers, recoveries } = report;
    const links = ['cut', 'silence', 'stall', 'slow'].filter((kind) => faults[kind] !== undefined);
    expect(faults).to.include.keys('kill', 'stop', 'webhooks', 'forge: refused');
    expect(links).not.to.deep.equal([]);
    // Not by standing still: most of what the same load comes to where nothing is struck.
    expect(bookings.CONFIRMED).to.be.at.least(15);
    expect(answers['cancel 200']).to.be.at.least(1);
    expect(answers['join 201']).to.be.at.least(1);
    expect(recoveries.length).to.be.at.least(leastStrikes);
    for (const { ms, faults: struck } of recoveries) expect(ms, struck.join()).not.to.equal(null);
  });
});
