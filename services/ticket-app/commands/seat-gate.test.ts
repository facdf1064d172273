import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { type Pass, SeatGate } from './seat-gate.ts';

describe('the gate of a seat', () => {
  let gate: SeatGate;
  beforeEach(() => {
    gate = new SeatGate();
  });
  const enter = (...keys: string[]): Pass => {
    const pass = gate.tryEnter(keys);
    if (!pass) throw new Error('Somebody is in.');
    return pass;
  };
  /** Whether it has happened by now, and all that follows from it at once. */
  const isOver = async (what: Promise<unknown>): Promise<boolean> => {
    const over = Symbol();
    return (await Promise.race([what.then(() => over), setImmediate().then(() => undefined)])) === over;
  };

  it('lets one in at a time, at all of its seats or at none', () => {
    const pass = enter('A', 'B');
    expect(gate.tryEnter(['B', 'C'])).to.equal(undefined);
    const other = enter('C');
    other.open();
    pass.open();
    enter('B', 'C');
  });

  it('tells whoever is in that somebody waits, and not before: until then there is nothing to look for', async () => {
    const pass = enter('A');
    const stranger = enter('B');
    expect(await isOver(pass.wanted)).to.equal(false);
    const waiting = gate.opened(['A']);
    expect(await isOver(pass.wanted)).to.equal(true);
    expect(await isOver(stranger.wanted)).to.equal(false);
    expect(await isOver(waiting)).to.equal(false);
    pass.open();
    expect(await isOver(waiting)).to.equal(true);
  });

  it('keeps nobody waiting at a seat at which nobody is in', async () => {
    expect(await isOver(gate.opened(['A']))).to.equal(true);
  });

  it('opened twice, it lets nobody past who has entered in between', () => {
    const first = enter('A');
    first.open();
    enter('A');
    first.open();
    expect(gate.tryEnter(['A'])).to.equal(undefined);
  });
});
