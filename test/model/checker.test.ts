import { expect } from 'chai';
import { describe, it } from 'mocha';
import { explore, type Model, type Step } from './checker.ts';
import type { State } from './state-table.ts';

const limits = { states: 1_000_000, milliseconds: 30_000 };

/** Two who each need both of two forks, and take them one at a time: the philosophers' deadlock. */
type Table = { forks: { left: string; right: string }; fed: { ann: boolean; bob: boolean } };

function philosophers(order: Record<'ann' | 'bob', Array<'left' | 'right'>>): Model<Table> {
  const start: Table = { forks: { left: '', right: '' }, fed: { ann: false, bob: false } };
  return {
    initial: start,
    steps: (table) =>
      (['ann', 'bob'] as const).flatMap((who): Step<Table>[] => {
        if (table.fed[who]) return [];
        const next = order[who].find((fork) => table.forks[fork] !== who);
        if (next === undefined) {
          const forks = { left: '', right: '' };
          return [{ label: `${who} eats`, fair: true, to: { forks, fed: { ...table.fed, [who]: true } } }];
        }
        if (table.forks[next] !== '') return [];
        return [
          { label: `${who} takes ${next}`, fair: true, to: { ...table, forks: { ...table.forks, [next]: who } } },
        ];
      }),
    broken: () => undefined,
    wrongAtRest: ({ fed }) => (fed.ann && fed.bob ? undefined : 'somebody is hungry'),
  };
}

/** A counter that steps by the rules of `steps`; numbers are its states. */
type Counter = { counter: { value: number } };
const counter = (steps: (value: number) => Array<[to: number, fair: boolean]>, rest: Partial<Model<Counter>> = {}) =>
  ({
    initial: { counter: { value: 0 } },
    steps: ({ counter: { value } }) =>
      steps(value).map(([to, fair]) => ({ label: `${value}→${to}`, fair, to: { counter: { value: to } } })),
    broken: () => undefined,
    wrongAtRest: () => undefined,
    ...rest,
  }) satisfies Model<Counter>;

describe('the checker', () => {
  it('finds a deadlock, by a shortest way', () => {
    const { violation } = explore(philosophers({ ann: ['left', 'right'], bob: ['right', 'left'] }), limits);
    expect(violation?.what).to.equal('at rest: somebody is hungry');
    expect([...violation!.steps].sort()).to.deep.equal(['ann takes left', 'bob takes right']);
  });

  it('finds none where both take the forks in one order, and has seen every state', () => {
    const found = explore(philosophers({ ann: ['left', 'right'], bob: ['left', 'right'] }), limits);
    // Nobody, or one of those who are hungry with one or two forks: with both hungry 5 states, with one 3 each, with none 1.
    expect(found).to.include({ states: 12, atRest: 1, complete: true });
    expect(found.violation).to.equal(undefined);
  });

  it('finds what is broken on the shortest of several ways', () => {
    // By ones or by threes to 7: three, three, one in any order.
    const model = counter((value) => (value < 7 ? [1, 3].map((by) => [value + by, true] as [number, boolean]) : []), {
      broken: ({ counter: { value } }) => (value === 7 ? 'seven' : undefined),
    });
    const { violation } = explore(model, limits);
    expect(violation?.what).to.equal('seven');
    expect(violation?.steps).to.have.length(3);
    expect(violation?.state).to.deep.equal({ counter: { value: 7 } });
  });

  it('finds a livelock that is entered by a step which merely may happen', () => {
    // 0 → 1 rests. 2 and 3 follow each other for ever.
    const ways: Record<number, Array<[number, boolean]>> = {
      0: [
        [1, true],
        [2, false],
      ],
      1: [],
      2: [[3, true]],
      3: [[2, true]],
    };
    const { violation, complete } = explore(
      counter((value) => ways[value]!),
      limits,
    );
    expect(complete).to.equal(true);
    expect(violation?.what).to.match(/^livelock/);
    expect(violation?.steps).to.deep.equal(['0→2']);
  });

  it('takes no way out for one that only may happen', () => {
    const ways: Record<number, Array<[number, boolean]>> = {
      0: [[1, true]],
      1: [
        [0, true],
        [2, false],
      ],
      2: [],
    };
    expect(
      explore(
        counter((value) => ways[value]!),
        limits,
      ).violation?.steps,
    ).to.deep.equal([]);
    ways[1] = [
      [0, true],
      [2, true],
    ];
    expect(
      explore(
        counter((value) => ways[value]!),
        limits,
      ).violation,
    ).to.equal(undefined);
  });

  it('says when a limit was reached before everything was seen, and finds no livelock by guessing', () => {
    const endless = counter((value) => [[value + 1, true]]);
    const found = explore(endless, { ...limits, states: 5_000 });
    expect(found.complete).to.equal(false);
    expect(found.states).to.be.within(5_000, 10_000);
    expect(found.violation).to.equal(undefined);
  });

  it('tells apart any two states, and knows each again', () => {
    type Pairs = State & { a: { x: number; y: number }; b: { z: number } };
    const side = 60;
    const model: Model<Pairs> = {
      initial: { a: { x: 0, y: 0 }, b: { z: 0 } },
      steps: ({ a: { x, y }, b: { z } }) => [
        { label: 'x', fair: true, to: { a: { x: (x + 1) % side, y }, b: { z } } },
        { label: 'y', fair: true, to: { a: { x, y: (y + 1) % side }, b: { z } } },
        { label: 'z', fair: true, to: { a: { x, y }, b: { z: (z + 1) % side } } },
      ],
      broken: () => undefined,
      wrongAtRest: () => undefined,
    };
    const found = explore(model, limits);
    expect(found.states).to.equal(side ** 3);
    // Round and round: it never rests, and that is a livelock from the first state on.
    expect(found.violation?.steps).to.deep.equal([]);
  });
});
