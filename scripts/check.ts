// npm run check: format and lint, types, import rules, unused code. Prints what fails, and how long each took.
import { fileURLToPath } from 'node:url';
import { runCommand } from './system/commands.ts';

const CHECK_TIMEOUT_MS = 300_000;

const CHECKS = [
  { name: 'format and lint', command: 'biome', args: ['ci', '--colors=off'] },
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  { name: 'import rules', command: 'tsx', args: ['scripts/check-imports.ts'] },
  { name: 'unused code', command: 'knip', args: ['--no-progress'] },
];

const root = fileURLToPath(new URL('..', import.meta.url));
let failures = 0;

for (const { name, command, args } of CHECKS) {
  const startedAt = Date.now();
  const program = fileURLToPath(new URL(`../node_modules/.bin/${command}`, import.meta.url));
  const { code, output } = await runCommand(program, args, { cwd: root, timeoutMs: CHECK_TIMEOUT_MS });
  if (code !== 0) {
    failures += 1;
    console.log(output.trimEnd());
  }
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
}
process.exit(failures === 0 ? 0 : 1);
