import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { identify, isAlive } from './process-identity.ts';
import { readRunningSystem, type SystemState, takeDirectory } from './state-file.ts';

describe('system.json', () => {
  let dir: string;
  let said: string[];
  const say = (line: string) => {
    said.push(line);
  };
  const write = (state: SystemState) => writeFileSync(path.join(dir, 'system.json'), JSON.stringify(state));

  beforeEach(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'kursi-state-'));
    said = [];
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('tells a second start that one runs, where, and the way out', () => {
    const state = takeDirectory(dir, 100, say);
    state.update({ urls: { clientApp: 'http://127.0.0.1:3101' } });
    expect(() => takeDirectory(dir, 0, say)).to.throw(
      /runs already in .*, at http:\/\/127\.0\.0\.1:3101 .*KURSI_PORT_OFFSET=200 npm start/,
    );
    expect(readRunningSystem(dir)?.portOffset).to.equal(100);
    state.release();
    expect(readRunningSystem(dir)).to.equal(undefined);
  });

  it('takes over from a start that was killed, and ends what it left running', async () => {
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    const identity = identify(orphan.pid ?? 0);
    const supervisor = { pid: 2 ** 22 + 1, startTime: '1' };
    write({ supervisor, portOffset: 0, urls: {}, processes: { 'client-app': identity } });
    takeDirectory(dir, 0, say).release();
    expect(said).to.deep.equal([`Ending client-app (process ${orphan.pid}), left behind by a start that was killed`]);
    while (isAlive(identity)) await delay(10);
  });

  it('does not take a later process with the same number for its own', function () {
    if (process.platform !== 'linux') this.skip();
    const other = { pid: process.pid, startTime: '1' };
    write({ supervisor: other, portOffset: 0, urls: {}, processes: { 'client-app': other } });
    takeDirectory(dir, 0, say).release();
    expect(said).to.deep.equal([]);
    expect(existsSync(path.join(dir, 'system.json'))).to.equal(false);
  });
});
