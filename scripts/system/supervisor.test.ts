import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';
import { type ProcessSpec, Supervisor } from './supervisor.ts';

/** A process that says "up", runs for ever, and itself starts another one. */
const LIVES = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  console.log('up ' + child.pid);
  setInterval(() => {}, 1000);
`;

describe('Supervisor', () => {
  let folder: string;
  let said: string[];
  let alive: Record<string, ProcessIdentity>;
  let supervisor: Supervisor;

  const start = (restart: boolean) => {
    const onChange = (processes: Record<string, ProcessIdentity>) => {
      alive = processes;
    };
    supervisor = new Supervisor({ logDirectory: folder, say: (line) => said.push(line), restart, onChange });
  };
  const logOf = (name: string) => readFileSync(path.join(folder, `${name}.log`), 'utf8');
  const spec = (name: string, script: string): ProcessSpec => ({
    name,
    command: process.execPath,
    args: ['-e', script],
    env: { PATH: process.env.PATH ?? '' },
    ready: async () => {
      if (!logOf(name).includes('up')) throw new Error('it has said nothing');
    },
  });

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'kursi-supervisor-'));
    said = [];
    alive = {};
    start(false);
  });
  afterEach(async () => {
    await supervisor.stop([]);
    rmSync(folder, { recursive: true });
  });

  it('waits until a process is ready, and tells which ones run', async () => {
    await supervisor.start(spec('one', LIVES));
    expect(Object.keys(alive)).to.deep.equal(['one']);
    expect(alive.one?.pid).to.equal(supervisor.pid('one'));
  });

  it('shows the end of the log of a process that ends before it is ready', async () => {
    const failing = spec('one', 'console.error("TICKET_APP_PORT is missing"); process.exit(3)');
    const error = await supervisor.start(failing).catch((e) => e);
    expect(error.message).to.include('one ended before it was ready').and.include('TICKET_APP_PORT is missing');
  });

  it('kills a process with all that it started, and starts it again', async () => {
    await supervisor.start(spec('one', LIVES));
    const first = supervisor.pid('one');
    const grandchild = identify(Number(logOf('one').split(' ')[1]));
    expect(isAlive(grandchild)).to.equal(true);
    await supervisor.kill('one', 'SIGKILL');
    await until(() => !isAlive(grandchild));
    expect(() => supervisor.pid('one')).to.throw('one does not run');
    await supervisor.restart('one');
    expect(supervisor.pid('one')).to.not.equal(first);
  });

  it('ends a process that was halted', async () => {
    await supervisor.start(spec('one', LIVES));
    await supervisor.kill('one', 'SIGSTOP');
    await supervisor.stop([['one']]);
    expect(alive).to.deep.equal({});
  });

  it('leaves a process ended that it was not told to start again', async () => {
    await supervisor.start(spec('one', LIVES));
    process.kill(supervisor.pid('one'), 'SIGKILL');
    await until(() => !('one' in alive));
  });

  it('starts a process again that ended by itself, when it is told to', async () => {
    await supervisor.stop([]);
    start(true);
    await supervisor.start(spec('one', LIVES));
    const first = supervisor.pid('one');
    process.kill(first, 'SIGKILL');
    await until(() => said.includes('one runs again'));
    expect(supervisor.pid('one')).to.not.equal(first);
  });

  it('stops one group after the other', async () => {
    const order: string[] = [];
    for (const name of ['engine', 'app', 'door']) await supervisor.start(spec(name, LIVES));
    const seen = setInterval(() => {
      for (const name of ['door', 'app', 'engine']) if (!(name in alive) && !order.includes(name)) order.push(name);
    }, 1);
    await supervisor.stop([['door'], ['app']]);
    await until(() => order.length === 3);
    clearInterval(seen);
    expect(order).to.deep.equal(['door', 'app', 'engine']);
  });

  it('leaves nothing behind when the supervisor itself is killed with -9', async () => {
    const module = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
    const script = `
      import { Supervisor } from ${JSON.stringify(module)};
      const supervisor = new Supervisor({ logDirectory: ${JSON.stringify(folder)}, say() {}, restart: true, onChange() {} });
      await supervisor.start({ name: 'orphan', command: process.execPath, args: ['-e', ${JSON.stringify(LIVES)}],
        env: { PATH: process.env.PATH }, ready: async () => {} });
      console.log(supervisor.pid('orphan'));
      setInterval(() => {}, 1000);
    `;
    const args = ['--import=tsx', '--input-type=module', '-e', script];
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await new Promise((resolve) => parent.stdout.once('data', (data) => resolve([data])))) as [Buffer];
    const orphan = identify(Number(chunk.toString()));
    expect(isAlive(orphan)).to.equal(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(orphan));
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}
