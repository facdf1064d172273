// npm run lock: after a dependency was added or moved. Writes package-lock.json anew, whole for every platform.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LockedPackages, missingPlatformPackages } from './lock/platform-packages.ts';
import { runCommand } from './system/commands.ts';

const NPM_TIMEOUT_MS = 300_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const file = path.join(root, 'package-lock.json');

const { code, output } = await runCommand('npm', ['install', '--package-lock-only', '--ignore-scripts'], {
  cwd: root,
  timeoutMs: NPM_TIMEOUT_MS,
});
if (code !== 0) {
  console.error(output.trimEnd());
  process.exit(1);
}
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: LockedPackages };
const added = missingPlatformPackages(lock.packages);
const sorted = Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`${sorted.length - 1} packages are locked; ${Object.keys(added).length} of them were left out by npm.`);
