import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory, withLock } from './cache.ts';
import { runCommand } from './commands.ts';
import { type Say, withProgress } from './progress.ts';
import { isReachable } from './reachable.ts';

const VERSION = '8.2.6';
const MIRROR = 'https://fastdl.mongodb.org';
const DOWNLOAD_TIMEOUT_MS = 900_000;

const folderOf = (env: NodeJS.ProcessEnv): string =>
  path.join(cacheDirectory(env), `mongod-${VERSION}-${process.platform}-${process.arch}`);

/** The official binary, if an earlier start has downloaded it whole: its checksum is written last. */
export function findOfficialMongod(env: NodeJS.ProcessEnv): string | undefined {
  const folder = folderOf(env);
  if (!existsSync(folder)) return undefined;
  const checksum = readdirSync(folder).find((name) => name.startsWith('mongod-') && name.endsWith('.md5'));
  return checksum === undefined ? undefined : path.join(folder, checksum.slice(0, -'.md5'.length));
}

/** MongoDB's own build by mongodb-memory-server-core, downloaded once. Rejects within seconds without internet. */
export async function officialMongod(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  const kept = findOfficialMongod(env);
  if (kept !== undefined) return kept;
  await isReachable(env.MONGOMS_DOWNLOAD_URL ?? env.MONGOMS_DOWNLOAD_MIRROR ?? MIRROR, env);
  const folder = folderOf(env);
  return withLock(`${folder}.lock`, say, async () => {
    mkdirSync(folder, { recursive: true });
    const script = fileURLToPath(new URL('./mongodb-download.ts', import.meta.url));
    const result = await withProgress(say, `Downloading MongoDB ${VERSION}`, () =>
      runCommand(process.execPath, ['--import=tsx', script, folder, VERSION], {
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
        // Without the first the library does not verify the server's certificate.
        env: { ...env, npm_config_strict_ssl: 'true', MONGOMS_MD5_CHECK: 'true' },
      }),
    );
    const file = findOfficialMongod(env);
    if (result.code !== 0 || file === undefined) throw new Error(lastLine(result.output));
    return file;
  });
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) || 'it gave no file';
}
