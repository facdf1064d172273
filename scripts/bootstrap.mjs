// The door of every command: node scripts/bootstrap.mjs <name> …arguments runs scripts/<name>.ts, after it has looked at
// Node's version and installed the packages if they are missing or not those of package-lock.json.
// Plain Node without packages, because on a fresh clone there are none.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MIN_NODE = [20, 19];
const PROGRESS_EVERY_MS = 10_000;
const PARENT_POLL_MS = 500;

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, ...args] = process.argv.slice(2);

checkNode();
const script = path.join(root, 'scripts', `${name}.ts`);
if (!name || !existsSync(script)) fail(`There is no scripts/${name}.ts.`);
if (!packagesAreInstalled()) await installPackages();
run(script);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isOld = major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1]);
  if (isOld) {
    fail(
      `Kursi needs Node ${MIN_NODE.join('.')} or later (22 or later is recommended); this is ${process.versions.node}.`,
    );
  }
}

/** Compares what npm has installed with the lock. Packages for other platforms may be missing. */
function packagesAreInstalled() {
  const wanted = readLock('package-lock.json');
  const installed = readLock('node_modules/.package-lock.json');
  if (wanted === undefined) fail('package-lock.json is missing: this is not a whole copy of Kursi.');
  if (installed === undefined) return false;
  return Object.entries(wanted.packages).every(([folder, { version, optional }]) => {
    if (folder === '') return true;
    const found = installed.packages[folder];
    return found === undefined ? optional === true : found.version === version;
  });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  } catch {
    return undefined;
  }
}

async function installPackages() {
  const unlock = await lockInstall();
  try {
    if (!packagesAreInstalled()) await npmInstall();
  } finally {
    unlock();
  }
}

/** `npm start` and `npm test` of a fresh clone may begin together: one installs, the other waits. */
async function lockInstall() {
  const lock = path.join(root, '.npm-install.lock');
  let said = false;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      const unlock = () => rmSync(lock, { force: true });
      process.once('exit', unlock);
      return unlock;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!ownerIsAlive(lock)) rmSync(lock, { force: true });
    else if (!said) console.log('Waiting for another start that installs the packages …');
    said = true;
    await delay(500);
  }
}

function ownerIsAlive(lock) {
  try {
    // An empty file is one that is being written.
    process.kill(Number(readFileSync(lock, 'utf8') || process.pid), 0);
    return true;
  } catch {
    return false;
  }
}

function npmInstall() {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  console.log('Installing the packages (npm install) …');
  const progress = setInterval(() => console.log(`Installing the packages … ${seconds()} s`), PROGRESS_EVERY_MS);
  // Inside `npm start` npm itself tells where it lives; that also works where npm is a script of another name.
  const npm = process.env.npm_execpath;
  // Not `npm ci`, which the containers use: it throws everything away first, and it refuses a lock that lacks a package of
  // another platform (`npm run lock`). `--no-save` installs what the lock says and changes neither file.
  const options = [
    'install',
    '--no-save',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--no-progress',
  ];
  const command = npm?.endsWith('.js') ? [process.execPath, npm, ...options] : ['npm', ...options];
  const child = spawn(command[0], command.slice(1), { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`npm cannot be run: ${error.message}. Install Node with npm.`));
    child.on('close', (code) => {
      clearInterval(progress);
      if (code !== 0) fail('npm install failed; its message is above. Usually the package registry cannot be reached.');
      console.log(`Installed the packages in ${seconds()} s.`);
      resolve();
    });
  });
}

function run(file) {
  // The channel tells the script when we are killed, so that it does not run on without a terminal.
  const child = spawn(process.execPath, ['--import=tsx', file, ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  endWithNpm(() => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`${file} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    // 128 + the number is what shells answer for a process that a signal has ended.
    process.exit(code ?? (signal === 'SIGINT' ? 130 : 143));
  });
}

/** npm passes signals on, but cannot when it is killed with -9: then this process gets another parent. */
function endWithNpm(onEnd) {
  if (!process.env.npm_lifecycle_event) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    onEnd();
  }, PARENT_POLL_MS);
  watch.unref();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
