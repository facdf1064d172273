#!/usr/bin/env node
// The installed command: `npm link`, then `kursi …` from anywhere. Settings are looked for in the folder it is called from.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bootstrap = fileURLToPath(new URL('../bootstrap.mjs', import.meta.url));
const env = { ...process.env, KURSI_DIR: process.env.KURSI_DIR || `${process.cwd()}/.kursi` };
const { status } = spawnSync(process.execPath, [bootstrap, 'kursi', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env,
});
process.exitCode = status ?? 1;
