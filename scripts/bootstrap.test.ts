import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));

describe('bootstrap.mjs', () => {
  let folder: string;
  /** A project with one package, and an npm that notes that it was called. */
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'kursi-bootstrap-'));
    mkdirSync(path.join(folder, 'scripts'));
    cpSync(BOOTSTRAP, path.join(folder, 'scripts/bootstrap.mjs'));
    writeFileSync(
      path.join(folder, 'scripts/hello.ts'),
      'console.log("hello"); process.exit(Number(process.argv[2]));',
    );
    writeLock('package-lock.json', { 'node_modules/thing': { version: '1.0.0' } });
    const npm = `require('node:fs').appendFileSync('npm-was-called', process.argv.slice(2).join(' '));`;
    writeFileSync(path.join(folder, 'npm.js'), npm);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const writeLock = (file: string, packages: Record<string, object>) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), JSON.stringify({ packages: { '': {}, ...packages } }));
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(folder, 'scripts/bootstrap.mjs'), ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, npm_execpath: path.join(folder, 'npm.js') },
    });
  const npmCalls = () => {
    const file = path.join(folder, 'npm-was-called');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  it('installs the packages when there are none', () => {
    const { stdout } = run('hello');
    expect(npmCalls()).to.match(/^install --no-save --include=dev/);
    expect(stdout).to.match(/^Installing the packages \(npm install\) …\nInstalled the packages in \d+ s\.\n$/);
  });

  it('installs again when the lock names another version', () => {
    writeLock('node_modules/.package-lock.json', { 'node_modules/thing': { version: '0.9.0' } });
    run('hello');
    expect(npmCalls()).to.match(/^install/);
  });

  it('installs nothing when everything is there but packages of other platforms', () => {
    const thing = { version: '1.0.0' };
    writeLock('package-lock.json', { 'node_modules/thing': thing, 'node_modules/mac': { ...thing, optional: true } });
    writeLock('node_modules/.package-lock.json', { 'node_modules/thing': thing });
    run('hello');
    expect(npmCalls()).to.equal('');
  });

  it('says in one line that npm install failed', () => {
    writeFileSync(path.join(folder, 'npm.js'), 'process.exit(1)');
    const { status, stderr } = run('hello');
    expect(status).to.equal(1);
    expect(stderr).to.equal(
      'npm install failed; its message is above. Usually the package registry cannot be reached.\n',
    );
    expect(existsSync(path.join(folder, '.npm-install.lock'))).to.equal(false);
  });

  it('names a script that does not exist', () => {
    const { status, stderr } = run('nothing');
    expect(status).to.equal(1);
    expect(stderr).to.equal('There is no scripts/nothing.ts.\n');
  });

  it('passes arguments and the exit code through', () => {
    const { status } = spawnSync(process.execPath, [BOOTSTRAP, 'database', 'nonsense'], { encoding: 'utf8' });
    expect(status).to.equal(1);
  });
});
