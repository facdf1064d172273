import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type Fault, hardStrikes, type Strike, webhookStrikes } from './schedule.ts';

const targets = {
  processes: ['client-app', 'ticketing-worker', 'mongodb-payment', 'temporal'],
  links: ['ticket-app to temporal', 'payment-app to mongodb-payment'],
  webhookLinks: ['payment-app to ticket-app', 'ticketing-worker to client-app'],
};
const many = 60;

function first(strikes: Iterator<Strike>, count = many): Strike[] {
  return Array.from({ length: count }, () => strikes.next().value);
}
const faultsOf = (strikes: Strike[]): Fault[] => strikes.flatMap(({ faults }) => faults);
const kindsOf = (strikes: Strike[]) => [...new Set(faultsOf(strikes).map(({ kind }) => kind))].sort();
const targetOf = (fault: Fault) => ('process' in fault ? fault.process : fault.link);

describe('the schedule of the nemesis', () => {
  it('is the same for the same seed, and another for another one', () => {
    expect(first(hardStrikes(7, targets))).to.deep.equal(first(hardStrikes(7, targets)));
    expect(first(hardStrikes(7, targets))).not.to.deep.equal(first(hardStrikes(8, targets)));
    expect(first(webhookStrikes(7, targets))).to.deep.equal(first(webhookStrikes(7, targets)));
  });

  for (const seed of [1, 2, 3]) {
    it(`deals every kind of fault within a dozen strikes, and every target in time (seed ${seed})`, () => {
      expect(kindsOf(first(hardStrikes(seed, targets), 12))).to.deep.equal([
        'cut',
        'kill',
        'silence',
        'slow',
        'stall',
        'stop',
      ]);
      const struck = new Set(faultsOf(first(hardStrikes(seed, targets))).map(targetOf));
      expect([...struck].sort()).to.deep.equal([...targets.processes, ...targets.links].sort());
      const webhooks = faultsOf(first(webhookStrikes(seed, targets), 5));
      const what = webhooks.map((fault) => (fault.kind === 'webhooks' ? fault.what : fault.kind));
      expect(what).to.include.members(['lose', 'lose the answer', 'double', 'delay', 'reorder', 'forge']);
    });

    it(`strikes one thing once at a time, and leaves time in between (seed ${seed})`, () => {
      for (const { pauseMs, faults } of first(hardStrikes(seed, targets))) {
        expect(new Set(faults.map(targetOf)).size).to.equal(faults.length);
        expect(pauseMs).to.be.at.least(1_000);
        for (const fault of faults) if ('forMs' in fault) expect(fault.forMs).to.be.at.most(15_000);
      }
    });
  }
});
