import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../scripts/system/commands.ts';
import { reasonOf } from '../scripts/system/setup-error.ts';
import { waitUntil } from '../test/wait-until.ts';
import { nextMessage } from './child.ts';
import { type Usages, usageOf } from './processes.ts';

const FOLDER = fileURLToPath(new URL('./peer/', import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

export interface Peer {
  /** Where its handlers are called. */
  url: string;
  usages(): Usages;
  /** Ends its processes and removes what they have stored. */
  stop(): Promise<void>;
}

/** The Restate server with the ticket shop. @throws with the reason why it cannot be had here. */
export async function startPeer(say: (line: string) => void): Promise<Peer> {
  await install(say);
  const server = path.join('@restatedev', `restate-server-${process.platform}-${process.arch}`, 'bin/restate-server');
  const program = path.join(FOLDER, 'node_modules', server);
  if (!existsSync(program))
    throw new Error(`@restatedev/restate-server has no build for ${process.platform}-${process.arch}.`);
  const data = mkdtempSync(path.join(tmpdir(), 'kursi-bench-peer-'));
  const started: ChildProcess[] = [];
  const kill = () => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  };
  process.once('exit', kill);
  const stop = async () => {
    await Promise.all(started.map(ended));
    process.off('exit', kill);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    return { ...(await run({ program, data, started })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** When the packages are missing, or older than their lock. */
async function install(say: (line: string) => void): Promise<void> {
  const installed = path.join(FOLDER, 'node_modules', '.package-lock.json');
  const lock = path.join(FOLDER, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('  installing the packages of the peer …');
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = await runCommand('npm', args, { cwd: FOLDER, timeoutMs: INSTALL_TIMEOUT_MS }).catch(
    (error: unknown) => ({ code: null, output: reasonOf(error) }),
  );
  if (result.code !== 0) throw new Error(`The packages of the peer cannot be installed: ${result.output.trim()}`);
}

interface Running {
  program: string;
  data: string;
  started: ChildProcess[];
}

async function run({ program, data, started }: Running): Promise<Omit<Peer, 'stop'>> {
  const [ingress, admin, node, services] = (await freePorts(4)) as [number, number, number, number];
  const log = openSync(path.join(data, 'server.log'), 'w');
  const server = spawn(program, ['--config-file', path.join(FOLDER, 'restate.toml'), '--base-dir', data, '--no-logo'], {
    env: {
      ...process.env,
      RESTATE_BIND_PORT: `${node}`,
      RESTATE_INGRESS__BIND_PORT: `${ingress}`,
      RESTATE_ADMIN__BIND_PORT: `${admin}`,
    },
    stdio: ['ignore', log, log],
  });
  started.push(server);
  const shop = fork(path.join(FOLDER, 'services.mjs'), {
    env: { ...process.env, NODE_ENV: 'production', RESTATE_LOGGING: 'ERROR', PORT: `${services}` },
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
  });
  started.push(shop);
  await nextMessage(shop);
  const isUp = (path: string, body?: object) => answers(`http://127.0.0.1:${admin}${path}`, body);
  await waitUntil('the Restate server', () => isUp('/health'), START_TIMEOUT_MS);
  const deployment = { uri: `http://127.0.0.1:${services}` };
  await waitUntil('the registration', () => isUp('/deployments', deployment), START_TIMEOUT_MS);
  return {
    url: `http://127.0.0.1:${ingress}`,
    usages: () => usagesOf({ 'restate-server': server, 'restate-services': shop }),
  };
}

function usagesOf(children: Record<string, ChildProcess>): Usages {
  const all = Object.entries(children).map(([name, { pid }]) => [name, usageOf(pid ?? 0)] as const);
  return Object.fromEntries(all.flatMap(([name, usage]) => (usage ? [[name, usage] as const] : [])));
}

async function answers(url: string, body?: object): Promise<boolean> {
  const call = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const answer = await fetch(url, call).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

/** Free when asked for, and different ones. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((done) => child.once('exit', done));
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await exit;
  clearTimeout(late);
}
