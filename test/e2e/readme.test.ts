import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { system } from '../engines.ts';

describe("the README's first booking", () => {
  it('works copied as it is', async function () {
    this.timeout(60_000);
    const readme = readFileSync('README.md', 'utf8');
    const block = /<!-- test\/e2e\/readme\.test\.ts .*-->\n```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    expect(block.trim().split('\n')).to.have.length(5);
    // npm start has the address of the README; the system under test has another port.
    const script = block.replaceAll('http://127.0.0.1:3001', system().urls.clientApp);
    const folder = mkdtempSync(path.join(tmpdir(), 'kursi-readme-'));
    try {
      const { stdout } = await promisify(execFile)('bash', ['-ec', script], { cwd: folder });
      expect(stdout).to.include('"paymentUrl"').and.to.include('"PROCESSING"');
      expect(readFileSync(path.join(folder, 'ticket.pdf')).subarray(0, 5).toString()).to.equal('%PDF-');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
