import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { readDurations, slowestFiles, writeDurations } from './durations.ts';

describe('the durations of test files', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'kursi-durations-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  it('are none before the first run, and none where the file is broken', () => {
    expect(readDurations(dir)).to.deep.equal({});
    writeFileSync(path.join(dir, 'durations.json'), '{"a.test.ts":');
    expect(readDurations(dir)).to.deep.equal({});
  });

  it('are read as they were written, to a tenth of a second, also into a folder that is not there yet', () => {
    const inner = path.join(dir, 'inner');
    writeDurations(inner, { 'a.test.ts': 0.26, 'b.test.ts': 64 });
    expect(Object.entries(readDurations(inner))).to.deep.equal([
      ['b.test.ts', 64],
      ['a.test.ts', 0.3],
    ]);
  });

  it('are shown slowest first', () => {
    expect(slowestFiles({ a: 1, b: 64.04, c: 7 }, 2)).to.deep.equal(['   64.0 s  b', '    7.0 s  c']);
  });
});
