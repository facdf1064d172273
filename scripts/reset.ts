// npm run reset: clears what npm start keeps in its folder: databases, Temporal's file, logs, secrets.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readCommandLine } from './system/command-line.ts';
import { readRunningSystem } from './system/state-file.ts';

const { dir } = readCommandLine();
const running = readRunningSystem(dir);
if (running) {
  console.error(
    `Kursi is running in ${dir} (process ${running.supervisor.pid}); stop it first, with Ctrl-C where it runs.`,
  );
  process.exit(1);
}
if (!existsSync(dir)) {
  console.log(`${dir} does not exist: nothing to clear.`);
} else if (!isOurs(dir)) {
  console.error(`${path.resolve(dir)} does not look like a folder of npm start; it is left alone.`);
  process.exit(1);
} else {
  rmSync(dir, { recursive: true });
  console.log(`Cleared ${dir}. The next npm start begins with fresh sample data.`);
}

function isOurs(folder: string): boolean {
  return ['logs', 'mongodb', 'secrets.json'].some((name) => existsSync(path.join(folder, name)));
}
