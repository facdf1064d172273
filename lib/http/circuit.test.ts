import { expect } from 'chai';
import { describe, it } from 'mocha';
import { waitUntil } from '../../test/wait-until.ts';
import { CalleeAway, createCircuit } from './circuit.ts';

class Refused extends Error {}

function callee() {
  const state = { there: true, probes: 0 };
  const circuit = createCircuit({
    callee: 'a service',
    probe: async () => {
      state.probes += 1;
      if (!state.there) throw new Refused('probe');
    },
    isOutage: (error) => error instanceof Refused,
  });
  return { state, circuit };
}

const fails = () => Promise.reject(new Refused('call'));
const outcomeOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe('a circuit', () => {
  it('passes answers and errors on', async () => {
    const { circuit } = callee();
    expect(await circuit.execute(async () => 'answer')).to.equal('answer');
    expect(await outcomeOf(circuit.execute(fails))).to.be.instanceOf(Refused);
    expect(circuit.isOpen()).to.equal(false);
  });

  it('opens after three outages in a row: no more calls are made, until a probe finds the callee back', async () => {
    const { state, circuit } = callee();
    state.there = false;
    for (const _ of [1, 2, 3]) await outcomeOf(circuit.execute(fails));
    expect(circuit.isOpen()).to.equal(true);
    let made = 0;
    const refused = await outcomeOf(
      circuit.execute(async () => {
        made += 1;
      }),
    );
    expect(refused).to.be.instanceOf(CalleeAway).with.property('wasSent', false);
    expect(made).to.equal(0);
    state.there = true;
    await waitUntil('the circuit to close', async () => !circuit.isOpen());
    expect(await circuit.execute(async () => 'back')).to.equal('back');
  });

  it('stays open while probes fail, whatever they fail by', async () => {
    let [probes, isThere] = [0, false];
    const circuit = createCircuit({
      callee: 'a service',
      probe: async () => {
        probes += 1;
        if (!isThere) throw new Error('no outage by its kind');
      },
      isOutage: (error) => error instanceof Refused,
    });
    for (const _ of [1, 2, 3]) await outcomeOf(circuit.execute(fails));
    await waitUntil('three probes', async () => probes >= 3);
    expect(circuit.isOpen()).to.equal(true);
    isThere = true;
    await waitUntil('the circuit to close', async () => !circuit.isOpen());
  });

  it('does not open for outages with answers in between, nor for errors that are no outage', async () => {
    const { circuit } = callee();
    for (const _ of [1, 2, 3]) {
      await outcomeOf(circuit.execute(fails));
      await outcomeOf(circuit.execute(fails));
      await circuit.execute(async () => 'answer');
    }
    for (const _ of [1, 2, 3, 4, 5]) await outcomeOf(circuit.execute(() => Promise.reject(new Error('refused'))));
    expect(circuit.isOpen()).to.equal(false);
  });

  it('gives a call up whose callee shows no sign of life, and tells it so', async () => {
    const { state, circuit } = callee();
    state.there = false;
    let wasTold = false;
    const hanging = circuit.execute(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            wasTold = true;
            reject(new Error('aborted'));
          });
        }),
    );
    expect(await outcomeOf(hanging))
      .to.be.instanceOf(CalleeAway)
      .with.property('wasSent', true);
    expect(wasTold).to.equal(true);
  });

  it('lets a slow call go on while the callee answers probes, one probe for all who wait', async () => {
    const { state, circuit } = callee();
    const slow = Array.from({ length: 20 }, () =>
      circuit.execute(async () => {
        await waitUntil('two probes', async () => state.probes >= 2);
        return 'late';
      }),
    );
    expect(await Promise.all(slow)).to.deep.equal(Array(20).fill('late'));
    expect(state.probes).to.be.lessThan(20);
  });
});
