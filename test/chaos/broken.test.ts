import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { edited, switches } from './broken.ts';

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');

describe('the code broken on purpose', () => {
  for (const { name, what, edits } of switches) {
    it(`${name}: ${what}, in the code as it now is`, () => {
      const files = new Map<string, string>();
      for (const edit of edits) files.set(edit.file, edited(files.get(edit.file) ?? read(edit.file), edit));
      for (const [file, text] of files) expect(text).not.to.equal(read(file));
    });
  }

  it('is not broken silently where the code has changed', () => {
    const edit = { file: 'x.ts', find: 'gone', replace: '' };
    expect(() => edited('something else', edit)).to.throw('x.ts has 0 times');
    expect(() => edited('gone, and gone again', edit)).to.throw('x.ts has 2 times');
  });
});
