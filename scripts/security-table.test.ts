// The threats of docs/security.md name files and tests: each must be there, or the table promises what nobody checks.
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const document = readFileSync('docs/security.md', 'utf8');
const rows = document
  .slice(0, document.indexOf('## Changing a secret'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| who |'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** Test files of a row, each with the parts of titles that are quoted after it. */
function testsOf(cell: string): Array<[file: string, titles: string[]]> {
  return [...cell.matchAll(/`([^`]+\.test\.ts)`((?:[ ,]+"[^"]*")+)/g)].map(([, file = '', quoted = '']) => [
    file,
    [...quoted.matchAll(/"([^"]*)"/g)].map(([, title = '']) => title),
  ]);
}

describe('the table of threats', () => {
  it('has rows of four cells, each with a test', () => {
    expect(rows.length).to.be.at.least(25);
    for (const row of rows) {
      expect(row, row[2]).to.have.length(6);
      expect(testsOf(row[4] ?? ''), row[2]).to.not.deep.equal([]);
    }
  });

  it('names tests that exist', () => {
    const missing = rows.flatMap((row) =>
      testsOf(row[4] ?? '').flatMap(([file, titles]) => {
        if (!existsSync(file)) return [file];
        const titled = readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => /\b(describe|it)\(/.test(line))
          .join('\n');
        return titles
          .filter((title) => title.length < 5 || !titled.includes(title))
          .map((title) => `${file}: ${title}`);
      }),
    );
    expect(missing).to.deep.equal([]);
  });

  it('names files that exist', () => {
    const files = rows.flatMap((row) =>
      [...(row[3] ?? '').matchAll(/`([\w./-]+\/[\w./-]+\.ts)`/g)].map(([, file]) => file ?? ''),
    );
    expect(files).to.not.deep.equal([]);
    expect(files.filter((file) => !existsSync(file))).to.deep.equal([]);
  });
});
