import { expect } from 'chai';
import { describe, it } from 'mocha';
import { waitUntil } from '../../test/wait-until.ts';
import { batchedReads } from './batched-reads.ts';

/** A store whose reads end when the test says so, and show what stood there when they began. */
function slowStore() {
  const rows = new Map<string, number>();
  const reads: string[][] = [];
  const ends: Array<(error?: Error) => void> = [];
  const read = batchedReads(String, (keys: string[]) => {
    reads.push(keys);
    const seen = new Map([...rows].filter(([key]) => keys.includes(key)));
    return new Promise<Map<string, number>>((resolve, reject) => {
      ends.push((error) => (error ? reject(error) : resolve(seen)));
    });
  });
  return { rows, reads, ends, read };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('reads that are batched', () => {
  it('answers each who asks, in order, with undefined for what is not there', async () => {
    const { rows, ends, read } = slowStore();
    rows.set('a', 1);
    const asked = read(['b', 'a', 'a']);
    await turn();
    ends[0]?.();
    expect(await asked).to.deep.equal([undefined, 1, 1]);
  });

  it('reads once for a crowd, each key once', async () => {
    const { rows, reads, ends, read } = slowStore();
    rows.set('a', 1).set('b', 2);
    const crowd = Array.from({ length: 50 }, (_, i) => read([i % 2 === 0 ? 'a' : 'b']));
    await turn();
    ends[0]?.();
    expect((await Promise.all(crowd)).flat().filter((value) => value === 1)).to.have.length(25);
    expect(reads).to.deep.equal([['a', 'b']]);
  });

  it('never answers with what was read before somebody asked', async () => {
    const { rows, reads, ends, read } = slowStore();
    rows.set('a', 1);
    const early = read(['a']);
    await turn();
    rows.set('a', 2);
    const late = read(['a']);
    await turn();
    expect(reads).to.have.length(1);
    ends[0]?.();
    expect(await early).to.deep.equal([1]);
    await turn();
    ends[1]?.();
    expect(await late).to.deep.equal([2]);
  });

  it('waits for no read that hangs', async () => {
    const { rows, reads, ends, read } = slowStore();
    rows.set('a', 1);
    const stuck = read(['a']);
    await turn();
    const other = read(['a']);
    await waitUntil('a second read', async () => reads.length === 2);
    ends[1]?.();
    expect(await other).to.deep.equal([1]);
    ends[0]?.();
    await stuck;
  });

  it('tells a failed read to those who waited for it, and reads again for the others', async () => {
    const { rows, ends, read } = slowStore();
    rows.set('a', 1);
    const early = read(['a']);
    await turn();
    const late = read(['a']);
    ends[0]?.(new Error('the database is away'));
    const failed = await early.catch((error: Error) => error.message);
    expect(failed).to.equal('the database is away');
    await turn();
    ends[1]?.();
    expect(await late).to.deep.equal([1]);
  });
});
