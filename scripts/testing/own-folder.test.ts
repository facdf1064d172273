import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { runCommand } from '../system/commands.ts';
import { emptyOwnFolder } from './own-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the folder of a system for tests and measurements', () => {
  let parent: string;
  const inside = (...names: string[]) => path.join(parent, ...names);
  const keep = (...names: string[]) => {
    mkdirSync(path.dirname(inside(...names)), { recursive: true });
    writeFileSync(inside(...names), 'kept');
  };

  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'kursi-folder-'));
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it('is made, and emptied again by the next run', () => {
    emptyOwnFolder(inside('run'));
    keep('run', 'logs', 'client-app.log');
    emptyOwnFolder(inside('run'));
    expect(existsSync(inside('run', 'logs'))).to.equal(false);
  });

  it('may be there and empty, or have the usual name', () => {
    mkdirSync(inside('empty'));
    keep('.kursi-test', 'old');
    for (const name of ['empty', '.kursi-test']) emptyOwnFolder(inside(name));
    expect(existsSync(inside('.kursi-test', 'old'))).to.equal(false);
  });

  it('is left alone if somebody else keeps something there', () => {
    keep('.kursi', 'secrets.json');
    expect(() => emptyOwnFolder(inside('.kursi'))).to.throw(/name another --dir/);
    expect(readdirSync(inside('.kursi'))).to.deep.equal(['secrets.json']);
  });

  const commands = { chaos: 'chaos', bench: 'bench', overload: 'overload', race: 'race', record: 'record-histories' };
  for (const [command, file] of Object.entries(commands)) {
    it(`is refused by npm run ${command} with exit 2 if it is the one of npm start`, async () => {
      keep('.kursi', 'secrets.json');
      const script = path.join(root, 'scripts', `${file}.ts`);
      const args = ['--import=tsx', script, '--dir', inside('.kursi')];
      const { code, output } = await runCommand(process.execPath, args, { timeoutMs: 60_000 });
      expect([code, output]).to.satisfy(
        ([exit, text]: [number, string]) => exit === 2 && /name another --dir/.test(text),
      );
      expect(readdirSync(inside('.kursi'))).to.deep.equal(['secrets.json']);
    }).timeout(65_000);
  }
});
