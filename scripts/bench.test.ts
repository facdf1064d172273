import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { runCommand } from './system/commands.ts';

const script = fileURLToPath(new URL('./bench.ts', import.meta.url));
const bench = (...args: string[]) =>
  runCommand(process.execPath, ['--import=tsx', script, ...args], { timeoutMs: 20_000 });

describe('npm run bench', () => {
  it('lists the measures for one that there is not', async () => {
    const { code, output } = await bench('bok');
    expect(code).to.equal(2);
    expect(output).to.match(/There is no measure "bok"/);
    for (const name of ['peer', 'bare', 'book', 'reserve', 'hot', 'onsale', 'read', 'waitlist', 'growth'])
      expect(output).to.match(new RegExp(`^ {2}${name} +\\w`, 'm'));
  });

  it('wants whole numbers, and options that there are', async () => {
    for (const args of [
      ['--rounds', '0'],
      ['--seconds', 'ten'],
      ['--seed', '1.5'],
    ]) {
      const { code, output } = await bench(...args);
      expect([code, output.trim()]).to.deep.equal([2, '--rounds, --seconds and --seed are whole numbers from 1 on.']);
    }
    expect(await bench('--fast')).to.have.property('code', 2);
  });

  it('says which file it cannot draw', async () => {
    const { code, output } = await bench('--draw', 'no-such-run.json');
    expect(code).to.equal(1);
    expect(output).to.include('no-such-run.json');
  });
});
