import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory, withLock } from './cache.ts';
import { runCommand } from './commands.ts';
import { type Say, withProgress } from './progress.ts';

/** The first Debian release whose C library the embedded engine can use. */
const SUITE = 'trixie';
const PACKAGES = ['libc6', 'libstdc++6', 'libgcc-s1'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const APT_TIMEOUT_MS = 120_000;

/** Names of the loader and of Debian's library folder for each processor. */
const LOADERS: Partial<Record<NodeJS.Architecture, { loader: string; folder: string }>> = {
  x64: { loader: 'ld-linux-x86-64.so.2', folder: 'x86_64-linux-gnu' },
  arm64: { loader: 'ld-linux-aarch64.so.1', folder: 'aarch64-linux-gnu' },
};

export interface DebianLibrary {
  /** A program that runs another one with the C library of `folder`. */
  loader: string;
  folder: string;
}

function libraryIn(root: string): DebianLibrary | undefined {
  const names = LOADERS[process.arch];
  if (names === undefined) return undefined;
  const folder = path.join(root, 'usr/lib', names.folder);
  return { loader: path.join(folder, names.loader), folder };
}

const rootOf = (env: NodeJS.ProcessEnv): string => path.join(cacheDirectory(env), `debian-${SUITE}-${process.arch}`);

export function debianLibraryExists(env: NodeJS.ProcessEnv): boolean {
  const library = libraryIn(rootOf(env));
  return library !== undefined && existsSync(library.loader);
}

/**
 * A newer Debian's C library beside the machine's own, fetched once from the machine's own mirror with a private package
 * list; nothing is installed and no root is needed.
 */
export async function debianLibrary(env: NodeJS.ProcessEnv, say: Say): Promise<DebianLibrary> {
  const root = rootOf(env);
  const library = libraryIn(root);
  if (library === undefined) throw new Error(`Debian's loader for ${process.arch} is not known`);
  if (!existsSync(library.loader)) {
    await withLock(`${root}.lock`, say, async () => {
      if (existsSync(library.loader)) return;
      await withProgress(say, "Fetching Debian 13's C library", () => fetchLibrary(root, env));
    });
  }
  return library;
}

async function fetchLibrary(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const work = `${root}.${process.pid}.tmp`;
  rmSync(work, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial', 'root']) {
    mkdirSync(path.join(work, folder), { recursive: true });
  }
  try {
    const sources = path.join(work, 'sources.list');
    const signedBy = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
    writeFileSync(sources, `deb ${signedBy}${await machineMirror(env)} ${SUITE} main\n`);
    const apt = [
      ...option('Dir::Etc::SourceList', sources),
      ...option('Dir::Etc::SourceParts', '/dev/null'),
      ...option('Dir::State::Lists', path.join(work, 'lists')),
      ...option('Dir::Cache', path.join(work, 'cache')),
      ...option('Acquire::Languages', 'none'),
      ...option('APT::Sandbox::User', 'root'),
      ...option('Debug::NoLocking', '1'),
    ];
    await run('apt-get', [...apt, '-q', 'update'], work, env);
    await run('apt-get', [...apt, '-q', 'download', ...PACKAGES], work, env);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg', ['-x', path.join(work, file), path.join(work, 'root')], work, env);
    }
    renameSync(path.join(work, 'root'), root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const option = (name: string, value: string): string[] => ['-o', `${name}=${value}`];

/** The address this machine gets Debian itself from (not its security updates). */
async function machineMirror(env: NodeJS.ProcessEnv): Promise<string> {
  const codename = /^VERSION_CODENAME=(\S+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const args = ['indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT)', 'Created-By: Packages'];
  const output = await run('apt-get', args, '/', env);
  const targets = output.split('\n').map((line) => line.split(' '));
  const own = targets.find(([, release, component]) => release === codename && component === 'main');
  if (!own?.[0]) throw new Error(`apt knows no mirror of Debian ${codename}`);
  return own[0];
}

async function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd, timeoutMs: APT_TIMEOUT_MS, env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' } };
  const { code, output } = await runCommand(command, args, options);
  if (code === 0) return output;
  const error = output.split('\n').find((line) => line.startsWith('E: ')) ?? output.trim().split('\n').at(-1);
  throw new Error(`${command} ${args.at(-1)} failed: ${error}`);
}
