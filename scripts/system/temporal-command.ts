import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory, withLock } from './cache.ts';
import { findOnPath, isExecutable, runCommand } from './commands.ts';
import { type Say, withProgress } from './progress.ts';
import { isReachable } from './reachable.ts';
import { reasonOf, SetupError } from './setup-error.ts';
import { noTemporalMessage, type TemporalRung, type TemporalSurroundings, temporalLadder } from './temporal-ladder.ts';

const MODULE_DIRECTORY = fileURLToPath(new URL('../../temporal/dev-server', import.meta.url));
const CLI_PACKAGE = 'github.com/temporalio/cli/cmd/temporal';
const DOWNLOAD_HOST = 'https://temporal.download/';
const DOWNLOAD_PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const VERSION_TIMEOUT_MS = 20_000;
const DOWNLOAD_TIMEOUT_MS = 300_000;
const BUILD_TIMEOUT_MS = 1_800_000;

/** Where the server is: an address that was given, or a program that starts one. */
export type TemporalSource = { kind: 'address'; address: string } | { kind: 'command'; command: string };

/**
 * Goes down the ladder until one way works, and says which and why.
 * @throws SetupError that lists every way when none does.
 */
export async function getTemporal(env: NodeJS.ProcessEnv, say: Say): Promise<TemporalSource> {
  const { rungs, skipped } = temporalLadder(await lookAround(env));
  const reasons = [...skipped];
  for (const rung of rungs) {
    try {
      const source = await climb(rung, env, say);
      say(`Temporal: ${describe(rung)} (${rung.why})`);
      return source;
    } catch (error) {
      const reason = `${describe(rung)}: ${reasonOf(error)}`;
      say(`Temporal: ${reason}; trying the next way`);
      reasons.push(reason);
    }
  }
  throw new SetupError(noTemporalMessage(reasons));
}

function describe(rung: TemporalRung): string {
  switch (rung.kind) {
    case 'address':
      return `the server at ${rung.address}`;
    case 'path':
      return rung.command;
    case 'cache':
      return `the kept program ${rung.command}`;
    case 'download':
      return 'the download of the Temporal CLI';
    case 'build':
      return 'a build of the Temporal CLI from temporal/dev-server';
  }
}

async function climb(rung: TemporalRung, env: NodeJS.ProcessEnv, say: Say): Promise<TemporalSource> {
  switch (rung.kind) {
    case 'address':
      return { kind: 'address', address: rung.address };
    case 'path':
    case 'cache':
      return { kind: 'command', command: rung.command };
    case 'download':
      await once(rung.command, say, () => download(rung.command, env, say));
      return { kind: 'command', command: rung.command };
    case 'build':
      await once(rung.command, say, () => build(rung.go, rung.command, env, say));
      return { kind: 'command', command: rung.command };
  }
}

async function once(command: string, say: Say, make: () => Promise<void>): Promise<void> {
  await withLock(`${path.dirname(command)}.lock`, say, async () => {
    if (!isExecutable(command)) await make();
  });
}

async function lookAround(env: NodeJS.ProcessEnv): Promise<TemporalSurroundings> {
  const command = cachedCommand(env);
  const address = env.TEMPORAL_ADDRESS || undefined;
  const surroundings: TemporalSurroundings = {
    address,
    onPath: undefined,
    cache: { command, exists: isExecutable(command) },
    downloadPlatform: DOWNLOAD_PLATFORMS.includes(platform()),
    go: undefined,
  };
  if (address) return surroundings;
  const temporal = findOnPath('temporal', env.PATH);
  if (temporal) {
    const serverVersion = await versionFrom(temporal, ['--version'], /Server (\d+\.\d+\.\d+)/, env);
    surroundings.onPath = { command: temporal, serverVersion };
  }
  const go = findOnPath('go', env.PATH);
  // Asking go for its version starts a process; it is not needed when an earlier build is there.
  if (go && !surroundings.cache.exists) {
    surroundings.go = { command: go, version: await versionFrom(go, ['version'], /go(\d+\.\d+(?:\.\d+)?)/, env) };
  }
  return surroundings;
}

async function versionFrom(
  command: string,
  args: string[],
  pattern: RegExp,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    // GOTOOLCHAIN=local: asking for the version must not start a download of another Go.
    const options = { timeoutMs: VERSION_TIMEOUT_MS, env: { ...env, GOTOOLCHAIN: 'local' } };
    const { output } = await runCommand(command, args, options);
    return pattern.exec(output)?.[1];
  } catch {
    return undefined;
  }
}

/** One place for each version of the pinned module and each platform. */
function cachedCommand(env: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(readFileSync(path.join(MODULE_DIRECTORY, name)));
  const folder = `temporal-${pinnedVersion()}-${hash.digest('hex').slice(0, 12)}-${platform()}`;
  return path.join(cacheDirectory(env), folder, 'temporal');
}

function platform(): string {
  return `${process.platform}-${process.arch}`;
}

/** The CLI's version in go.mod, such as v1.9.1. */
function pinnedVersion(): string {
  const module = readFileSync(path.join(MODULE_DIRECTORY, 'go.mod'), 'utf8');
  const version = /^\s*(?:require )?github\.com\/temporalio\/cli (v\S+)/m.exec(module)?.[1];
  if (version === undefined)
    throw new SetupError('temporal/dev-server/go.mod does not require github.com/temporalio/cli.');
  return version;
}

/** The SDK's own download, in a process of its own because the SDK only offers it as part of starting a server. */
async function download(command: string, env: NodeJS.ProcessEnv, say: Say): Promise<void> {
  await isReachable(DOWNLOAD_HOST, env);
  const folder = `${path.dirname(command)}.download`;
  mkdirSync(folder, { recursive: true });
  const script = fileURLToPath(new URL('./temporal-download.ts', import.meta.url));
  const result = await withProgress(say, 'Downloading the Temporal CLI', () =>
    runCommand(process.execPath, ['--import=tsx', script, folder, pinnedVersion()], {
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      env,
    }),
  );
  const file = result.output.trim().split('\n').at(-1) ?? '';
  if (result.code !== 0 || !existsSync(file)) throw new Error(result.output.trim() || 'it gave no file');
  putInPlace(file, command);
  rmSync(folder, { recursive: true, force: true });
}

async function build(go: string, command: string, env: NodeJS.ProcessEnv, say: Say): Promise<void> {
  const target = `${command}.${process.pid}.tmp`;
  mkdirSync(path.dirname(command), { recursive: true });
  say('Temporal: building the Temporal CLI from source, once; about 4 minutes on two cores');
  let packages = 0;
  // -v prints one line for each package that is compiled, and "go: downloading" lines before.
  const onOutput = (chunk: string) => {
    packages += chunk.split('\n').filter((line) => line !== '' && !line.startsWith('go: ')).length;
  };
  try {
    const result = await withProgress(
      say,
      'Building the Temporal CLI',
      () =>
        runCommand(go, ['build', '-v', '-ldflags', '-s -w', '-o', target, CLI_PACKAGE], {
          cwd: MODULE_DIRECTORY,
          env,
          timeoutMs: BUILD_TIMEOUT_MS,
          onOutput,
        }),
      () => (packages > 0 ? `, ${packages} packages compiled` : ', fetching modules'),
    );
    if (result.code !== 0)
      throw new Error(result.output.trim().split('\n').slice(-1)[0] ?? `go ended with ${result.code}`);
    renameSync(target, command);
  } finally {
    rmSync(target, { force: true });
  }
}

function putInPlace(file: string, command: string): void {
  const target = `${command}.${process.pid}.tmp`;
  mkdirSync(path.dirname(command), { recursive: true });
  copyFileSync(file, target);
  renameSync(target, command);
}
