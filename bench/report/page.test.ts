import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { summaryOf } from '../statistics.ts';
import { drawPage, filledIn } from './page.ts';
import type { Report } from './report.ts';

const report: Report = {
  at: '2026-11-21T10:00:00.000Z',
  machine: { processors: 2, model: 'Some CPU', memoryGiB: 8, system: 'Some Linux', node: '20.19.0', loadBefore: 0.1 },
  seed: 1,
  rounds: 3,
  seconds: 15,
  memoryMb: { idle: { 'ticket-app': 90 }, after: { bare: { 'ticket-app': 120 } } },
  measures: { bare: { perSecond: summaryOf([59, 61, 60]), cpuMsEach: { temporal: 3 } } },
};

describe('the page of benchmarks', () => {
  it('gets its tables between the marks, and keeps everything else', () => {
    const page =
      'Before\n<!-- bench:a -->\nold\nlines\n<!-- /bench -->\nbetween\n<!-- bench:b -->\n<!-- /bench -->\nafter';
    const filled = filledIn(page, { a: 'new' });
    expect(filled).to.equal(
      'Before\n<!-- bench:a -->\nnew\n<!-- /bench -->\nbetween\n<!-- bench:b -->\nNot measured in this run.\n<!-- /bench -->\nafter',
    );
    expect(filledIn(filled, { a: 'new' })).to.equal(filled);
  });

  it('is written from a report, the figures as they were measured', () => {
    const docs = mkdtempSync(path.join(tmpdir(), 'kursi-bench-page-'));
    try {
      const page = path.join(docs, 'benchmarks.md');
      const names = ['machine', 'bare', 'memory', 'figures'];
      writeFileSync(page, names.map((name) => `<!-- bench:${name} -->\n<!-- /bench -->\n`).join('\n'));
      expect(drawPage(report, docs)).to.deep.equal([page]);
      const written = readFileSync(page, 'utf8');
      expect(written).to.include('| workflows | 60 a second | 59 – 61 |');
      expect(written).to.include('2 × Some CPU, 8 GiB, Some Linux, Node 20.19.0');
      expect(written).to.include('| ticket-app | 90 | 120 |');
      expect(written).to.include('| `bookToBare` | null: "book" was not measured in this run. |');
    } finally {
      rmSync(docs, { recursive: true });
    }
  });

  it('has a place for every picture that it shows, and no mark without its end', () => {
    const page = readFileSync(fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url)), 'utf8');
    const starts = page.match(/<!-- bench:[\w-]+ -->/g) ?? [];
    expect(starts.length).to.be.greaterThan(10);
    expect(page.match(/<!-- \/bench -->/g)).to.have.length(starts.length);
  });
});
