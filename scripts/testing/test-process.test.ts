import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { after, before, beforeEach, describe, it } from 'mocha';
import { waitUntil } from '../../test/wait-until.ts';
import { identify, isAlive } from '../system/process-identity.ts';
import { TestProcess } from './test-process.ts';

const MOCHA = fileURLToPath(import.meta.resolve('mocha'));

describe('a process that runs test files', function () {
  this.timeout(60_000);
  let dir: string;
  let testProcess: TestProcess;
  let lines: string[];
  before(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'kursi-test-process-'));
  });
  after(() => {
    testProcess.stop();
    rmSync(dir, { recursive: true });
  });
  beforeEach(() => {
    lines = [];
  });

  const start = (runner: { grep?: string; bail?: boolean } = {}) => {
    testProcess?.stop();
    testProcess = new TestProcess({
      runner: { grep: undefined, bail: false, color: false, ...runner },
      env: process.env,
      getSystem: () => Promise.reject(new Error('no system was asked for')),
    });
  };
  const fileOf = (name: string, body: string) => {
    const file = path.join(dir, name);
    writeFileSync(file, `import { describe, it } from ${JSON.stringify(MOCHA)};\n${body}`);
    return file;
  };
  const run = async (file: string, needs: 'engines' | 'system' = 'engines') => {
    const { seconds, ...counts } = await testProcess.run({ file, needs }, (line) => lines.push(line));
    return counts;
  };

  it('counts and prints one after the other', async () => {
    start();
    const good = fileOf('good.test.mts', `describe('good', () => { it('one', () => {}); it('two', () => {}); });`);
    const bad = fileOf('bad.test.mts', `it('three', () => { throw new Error('on purpose'); }); it.skip('four');`);
    expect(await run(good)).to.deep.equal({ passed: 2, failed: 0, pending: 0 });
    expect(lines.join('\n'))
      .to.match(/good\n.*one.*\n.*two/)
      .and.not.to.include('---');
    lines = [];
    expect(await run(bad)).to.deep.equal({ passed: 0, failed: 1, pending: 1 });
    expect(lines.join('\n')).to.include('on purpose').and.not.to.include('good');
  });

  it('takes what its tests have started with it when it is stopped', async () => {
    const spawns = `it('starts', () => { console.log('pid ' + spawn('sleep', ['600']).pid); });`;
    await run(fileOf('starts.test.mts', `import { spawn } from 'node:child_process';\n${spawns}`));
    const child = identify(Number(/pid (\d+)/.exec(lines.join('\n'))?.[1]));
    expect(isAlive(child)).to.equal(true);
    testProcess.stop();
    await waitUntil('its child to end', async () => !isAlive(child));
  });

  it('runs the tests of that name up to the first failure, and asks for no system where there are none', async () => {
    start({ grep: 'five', bail: true });
    const body = `it('six', () => {}); it('five', () => { throw new Error('x'); }); it('another five', () => {});`;
    expect(await run(fileOf('some.test.mts', body))).to.deep.equal({ passed: 0, failed: 1, pending: 0 });
    lines = [];
    const other = fileOf('other.test.mts', `it('seven', () => {});`);
    expect(await run(other, 'system')).to.deep.equal({ passed: 0, failed: 0, pending: 0 });
    expect(lines.join('')).to.equal('');
  });

  it('says that it ended before the file did, with what it printed', async () => {
    const file = fileOf('exits.test.mts', `it('five', () => { console.log('last words'); process.exit(7); });`);
    const error = await run(file).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/ended \(7\) before .*exits\.test\.mts/);
    expect(lines.join('\n')).to.include('last words');
    expect(testProcess.hasEnded).to.equal(true);
  });

  it('ends at a file that cannot be loaded, and shows why', async () => {
    start();
    const error = await run(fileOf('broken.test.mts', `throw new Error('at the door');`)).catch((reason) => reason);
    expect(error).to.be.instanceOf(Error);
    expect(lines.join('\n')).to.include('at the door');
  });
});
