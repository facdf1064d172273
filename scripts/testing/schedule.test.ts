import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { KNOWN_LONG, Schedule, type TestFile } from './schedule.ts';

const system = (file: string): TestFile => ({ file, needs: 'system' });
const unit = (file: string): TestFile => ({ file, needs: 'engines' });
const systemLane = { first: 'system', hasSystem: false } as const;
const otherLane = { first: 'others', hasSystem: false } as const;

describe('the schedule of a test run', () => {
  it('hands out every file once, the longest first, in the same order whatever order they came in', () => {
    const files = [system('a'), unit('u'), system('b'), system('c')];
    const known = { b: 60, c: 20, a: 20 };
    for (const given of [files, files.toReversed()]) {
      const schedule = new Schedule(given, known);
      const taken = Array.from({ length: 4 }, () => schedule.next(systemLane)?.file);
      expect(taken).to.deep.equal(['b', 'a', 'c', 'u']);
      expect([schedule.next(systemLane), schedule.left]).to.deep.equal([undefined, 0]);
    }
  });

  it('gives the lane of the others what needs no system first, then the rest only if that is worth a start', () => {
    const files = [system('long'), system('short'), unit('u')];
    const much = new Schedule(files, { long: 130, short: 5 });
    expect([1, 2, 3].map(() => much.next(otherLane)?.file)).to.deep.equal(['u', 'long', undefined]);
    expect(much.next({ ...otherLane, hasSystem: true })?.file).to.equal('short');
  });

  it('wants a lane for each two minutes of work, as many as may be at most', () => {
    const lanes = (seconds: number, most: number) => new Schedule([system('a')], { a: seconds }).lanes(most);
    expect([lanes(1, 3), lanes(120, 3), lanes(121, 3), lanes(1_000, 3), lanes(1_000, 1)]).to.deep.equal([
      1, 1, 2, 3, 1,
    ]);
  });

  it('knows long files that are there', () => {
    expect(Object.keys(KNOWN_LONG).filter((file) => !existsSync(file))).to.deep.equal([]);
  });
});
