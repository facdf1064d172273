import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../scripts/system/commands.ts';
import { inheritedEnvironment } from '../scripts/system/environment.ts';
import { reasonOf } from '../scripts/system/setup-error.ts';
import { Supervisor } from '../scripts/system/supervisor.ts';
import { type Usages, usageOf } from './processes.ts';

const FOLDER = fileURLToPath(new URL('./peer/', import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;
const SERVER = 'restate-server';
const SHOP = 'restate-services';

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
  const build = `${process.platform}-${process.arch}`;
  const program = path.join(FOLDER, `node_modules/@restatedev/restate-server-${build}/bin/restate-server`);
  if (!existsSync(program)) throw new Error(`@restatedev/restate-server has no build for ${build}.`);
  const data = mkdtempSync(path.join(tmpdir(), 'kursi-bench-peer-'));
  const supervisor = new Supervisor({ logDirectory: data, say, restart: false, onChange: () => {} });
  const stop = async () => {
    await supervisor.stop([[SHOP], [SERVER]]);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const url = await start(supervisor, program, data);
    return { url, usages: () => usagesOf(supervisor), stop };
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

/** Returns where the handlers are called. */
async function start(supervisor: Supervisor, program: string, data: string): Promise<string> {
  const [ingress, admin, node, services] = (await freePorts(4)) as [number, number, number, number];
  const env = inheritedEnvironment(process.env);
  await supervisor.start({
    name: SERVER,
    command: program,
    args: ['--config-file', path.join(FOLDER, 'restate.toml'), '--base-dir', data, '--no-logo'],
    env: {
      ...env,
      RESTATE_BIND_PORT: `${node}`,
      RESTATE_INGRESS__BIND_PORT: `${ingress}`,
      RESTATE_ADMIN__BIND_PORT: `${admin}`,
    },
    ready: () => ask(`http://127.0.0.1:${admin}/health`),
  });
  await supervisor.start({
    name: SHOP,
    command: process.execPath,
    args: [path.join(FOLDER, 'services.mjs')],
    env: { ...env, NODE_ENV: 'production', RESTATE_LOGGING: 'ERROR', PORT: `${services}` },
    // The server asks the shop what it has before it takes it.
    ready: () => ask(`http://127.0.0.1:${admin}/deployments`, { uri: `http://127.0.0.1:${services}` }),
  });
  return `http://127.0.0.1:${ingress}`;
}

function usagesOf(supervisor: Supervisor): Usages {
  const all = supervisor.names.map((name) => [name, usageOf(supervisor.pid(name))] as const);
  return Object.fromEntries(all.flatMap(([name, usage]) => (usage ? [[name, usage] as const] : [])));
}

/** @throws unless it answers with 2xx. */
async function ask(url: string, body?: object): Promise<void> {
  const call = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, body && call);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`it answers ${answer.status} ${text.slice(0, 200)}`);
}

/** Free when asked for, and different ones. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
