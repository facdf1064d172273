import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FigureName, figuresOf } from './figures.ts';
import { picturesOf } from './pictures.ts';
import type { Report } from './report.ts';
import { sectionsOf } from './sections.ts';
import { markdownOf, wordNumber } from './wording.ts';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const NOT_MEASURED = 'Not measured in this run.';

/** Writes the tables and pictures of docs/benchmarks.md from a report. Returns the files that it wrote. */
export function drawPage(report: Report, docs = DOCS): string[] {
  const pictures = Object.entries(picturesOf(report.measures)).map(([name, picture]) => {
    const file = path.join(docs, 'benchmarks', `${name}.svg`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, picture);
    return file;
  });
  const page = path.join(docs, 'benchmarks.md');
  writeFileSync(page, filledIn(readFileSync(page, 'utf8'), tablesOf(report)));
  return [page, ...pictures];
}

/** Replaces what stands between `<!-- bench:NAME -->` and `<!-- /bench -->`, everywhere. */
export function filledIn(page: string, tables: Record<string, string>): string {
  return page.replaceAll(
    /(<!-- bench:([\w-]+) -->\n)[\s\S]*?(<!-- \/bench -->)/g,
    (_, start: string, name: string, end: string) => `${start}${tables[name] ?? NOT_MEASURED}\n${end}`,
  );
}

function tablesOf(report: Report): Record<string, string> {
  const { measures, memoryMb } = report;
  const sections = sectionsOf(measures).map((section) => [section.measure, markdownOf(section)]);
  return {
    ...Object.fromEntries(sections),
    machine: machineOf(report),
    figures: figureTable(report),
    ...(measures.book && {
      cpu: table(
        ['process', 'bare workflow', 'order of one seat', 'order of four'],
        [measures.book.bare.cpuMsEach, measures.book.cpuMsPerOrder, measures.book.cpuMsPerOrderOf4],
      ),
    }),
    ...(Object.keys(memoryMb.idle).length > 0 && {
      memory: table(
        ['process', 'idle', ...Object.keys(memoryMb.after).map((name) => `after \`${name}\``)],
        [memoryMb.idle, ...Object.values(memoryMb.after)],
      ),
    }),
    ...(measures.growth && {
      'growth-bookings': rowsTable(measures.growth.bookings),
      'growth-waiting': rowsTable(measures.growth.waiting),
    }),
  };
}

function machineOf({ at, machine, rounds, seconds, seed }: Report): string {
  const { processors, model, memoryGiB, system, node, loadBefore } = machine;
  return (
    `Measured on ${at.slice(0, 10)} on ${processors} × ${model}, ${memoryGiB} GiB, ${system}, Node ${node}; load before the ` +
    `run ${loadBefore}; ${rounds} rounds of ${seconds} s, seed ${seed}.`
  );
}

function figureTable({ measures }: Report): string {
  const { reasons, ...figures } = figuresOf(measures);
  const rows = (Object.keys(figures) as FigureName[]).map((name) => [
    `\`${name}\``,
    figures[name] === null ? `null: ${reasons[name]}` : wordNumber(figures[name]),
  ]);
  return markdownTable(['figure', ''], rows);
}

/** A column for each record, a row for each of their keys. */
function table(header: string[], columns: ReadonlyArray<Record<string, number>>): string {
  const keys = [...new Set(columns.flatMap((column) => Object.keys(column)))];
  const rows = keys.map((key) => [key, ...columns.map((column) => wordNumber(column[key]))]);
  return markdownTable(header, rows);
}

/** A row for each record, a column for each of their keys. */
function rowsTable(records: ReadonlyArray<object>): string {
  const rows = records.map((record) =>
    Object.values(record).map((value) => wordNumber(typeof value === 'number' ? value : null)),
  );
  return markdownTable(Object.keys(records[0] ?? {}), rows);
}

const markdownTable = (header: string[], rows: string[][]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
