import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readDockerfile } from './dockerfile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stages = readDockerfile(root);

describe('the Dockerfile', () => {
  it('runs JavaScript that a build makes, without a shell and not as root', () => {
    for (const [name, { command, user, stopSignal }] of Object.entries(stages)) {
      if (command.length === 0) continue;
      expect(user, name).to.equal('node');
      expect(stopSignal, name).to.equal('SIGTERM');
      expect(command[0], name).to.equal('node');
      const source = (command[1] ?? '').replace(/^dist\//, '').replace(/\.js$/, '.ts');
      expect(existsSync(path.join(root, source)), source).to.equal(true);
    }
  });

  it('builds by commands that exist, from files that are sent to the builder', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const runs = Object.values(stages).flatMap((stage) => stage.runs);
    expect(runs.filter((run) => run.startsWith('npm ci'))).to.have.length(2);
    const named = runs.flatMap((run) => [...run.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name));
    expect(named).to.deep.equal(['build']);
    expect(scripts).to.include.keys(named);
    const sent = readFileSync(path.join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    expect(sent.filter((file) => !existsSync(path.join(root, file)))).to.deep.equal([]);
    expect(readdirSync(root)).to.include.members(sent);
  });
});
