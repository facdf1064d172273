import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import { chaos, type SoFar } from '../chaos/chaos.ts';
import { system } from '../engines.ts';

/** Its first strikes are of each kind, and short. */
const seed = 934;
const seconds = 25;
const leastStrikes = 5;
const links = ['cut', 'silence', 'stall', 'slow'];
const families = [['kill'], ['stop'], links, ['webhooks'], ['forge: refused']];
/** Of what buyers do, so that standing still is not enough. */
const leastAnswers = { 'book 201': 15, 'pay 202': 15, 'cancel 200': 1, 'join 201': 1 };

/** However slow the machine is: the run goes on until all of it was, and only the time-out of the test ends that. */
const isEnough = ({ strikes, faults, answers }: SoFar): boolean =>
  strikes >= leastStrikes &&
  families.every((kinds) => kinds.some((kind) => faults[kind] !== undefined)) &&
  Object.entries(leastAnswers).every(([answer, least]) => (answers[answer] ?? 0) >= least);

describe('a load of buyers while a nemesis strikes', function () {
  this.timeout(300_000);
  const stop = new AbortController();
  let run: Promise<unknown> | undefined;

  // Where the test's time is over, the nemesis goes on: nobody else is to have this system before it has stopped.
  after(async () => {
    stop.abort();
    await run?.catch(() => {});
  });

  it('is promised nothing that is not so in the end', async () => {
    const running = chaos(system(), { seed, seconds, isEnough, say: () => {}, signal: stop.signal });
    run = running;
    const report = await running;
    expect(report.violations).to.deep.equal([]);
    expect(report.bookings.CONFIRMED).to.be.at.least(1);
    for (const { ms, faults: struck } of report.recoveries) expect(ms, struck.join()).not.to.equal(null);
  });
});
