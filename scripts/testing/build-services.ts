import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../system/commands.ts';
import { SetupError } from '../system/setup-error.ts';

const BUILD_TIMEOUT_MS = 180_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds what the services of a test run start from: the tests kill and start dozens of processes, and one is up in half the
 * time from JavaScript. Returns the folder, which is of this run alone: an `npm run build` beside it changes nothing.
 */
export async function buildServices(dir: string): Promise<string> {
  const folder = path.resolve(dir, 'built');
  const args = ['--import=tsx', path.join(root, 'scripts', 'build.ts'), '--out', path.join(folder, 'dist')];
  const { code, output } = await runCommand(process.execPath, args, { cwd: root, timeoutMs: BUILD_TIMEOUT_MS });
  if (code !== 0) throw new SetupError(`The services could not be built:\n${output}`);
  mkdirSync(folder, { recursive: true });
  // The folder may lie anywhere, and modules are looked for from where a file lies.
  copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  return path.join(folder, 'dist');
}
