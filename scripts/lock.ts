// npm run lock: after a dependency was added or moved. Writes package-lock.json anew, whole for every platform.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LockedPackages, missingPlatformPackages } from './lock/platform-packages.ts';
import { runCommand } from './system/commands.ts';

const NPM_TIMEOUT_MS = 300_000;

const root = fileURLToPath(new URL('..', import.meta.url));

// The peer of the benchmarks has packages of its own.
for (const folder of [root, path.join(root, 'bench', 'peer')]) await lock(folder);

async function lock(folder: string): Promise<void> {
  // The setting of the root's .npmrc, which npm reads only there.
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--omit-lockfile-registry-resolved'];
  const { code, output } = await runCommand('npm', args, { cwd: folder, timeoutMs: NPM_TIMEOUT_MS });
  if (code !== 0) {
    console.error(output.trimEnd());
    process.exit(1);
  }
  const file = path.join(folder, 'package-lock.json');
  const found = JSON.parse(readFileSync(file, 'utf8')) as { packages: LockedPackages };
  const added = missingPlatformPackages(found.packages);
  const sorted = Object.entries({ ...found.packages, ...added }).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, `${JSON.stringify({ ...found, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  const name = path.relative(root, folder) || 'The project';
  console.log(
    `${name}: ${sorted.length - 1} packages are locked; ${Object.keys(added).length} of them were left out by npm.`,
  );
}
