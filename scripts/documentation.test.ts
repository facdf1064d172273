import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { TObject } from 'typebox';
import { Environment as ClientApp } from '../services/client-app/config.ts';
import { OfX, OfY } from '../services/organizer-systems/config.ts';
import { Environment as PaymentApp } from '../services/payment-app/config.ts';
import { Environment as TicketApp } from '../services/ticket-app/config.ts';
import { Environment as Worker } from '../temporal/workers/config.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The letters of the README's column "process". */
const processes: Record<string, TObject> = { C: ClientApp, T: TicketApp, W: Worker, P: PaymentApp, X: OfX, Y: OfY };

/** `variable process default`, a line for each variable of each process. */
function configurationOfCode(): string[] {
  return Object.entries(processes).flatMap(([letter, schema]) =>
    Object.entries(schema.properties).map(([name, property]) => {
      const { default: value } = property as { default?: unknown };
      const isRequired = (schema.required ?? []).includes(name);
      return `${name} ${letter} ${value === undefined ? (isRequired ? 'required' : 'none') : String(value)}`;
    }),
  );
}

/** The cells of each row of the first table that has this header. */
function tableOf(markdown: string, header: string): string[][] {
  const lines = markdown.split('\n');
  const start = lines.indexOf(header);
  expect(start, `the table "${header}"`).to.be.greaterThan(-1);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

function markdownFiles(folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return /^(\.|node_modules$)/.test(entry.name) ? [] : markdownFiles(file);
    return entry.name.endsWith('.md') ? [file] : [];
  });
}

/** Links to files of the repository, without those in code blocks. */
function localLinks(markdown: string): string[] {
  const prose = markdown.replace(/^ *```[\s\S]*?^ *```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:|^#/.test(target));
}

describe('the documentation', () => {
  it("has every variable of every process in the README's table, with its default", () => {
    const rows = tableOf(read('README.md'), '| variable | process | default | meaning |');
    const documented = rows.flatMap(([name = '', letters = '', value = '', meaning = '']) => {
      expect(meaning, `the meaning of ${name}`).not.to.equal('');
      return letters.split(', ').map((letter) => `${name} ${letter} ${value}`);
    });
    expect(documented.sort()).to.deep.equal(configurationOfCode().sort());
  });

  it('has every variable of the commands in the README', () => {
    const scripts = readdirSync(path.join(root, 'scripts'), { recursive: true, encoding: 'utf8' });
    const sources = scripts.filter((file) => /\.(ts|mjs)$/.test(file)).map((file) => read(path.join('scripts', file)));
    const used = new Set(sources.flatMap((source) => source.match(/(?<=\benv\.)(KURSI_[A-Z_]+|MONGODB_URI)\b/g) ?? []));
    expect(used).to.not.have.property('size', 0);
    const rows = tableOf(read('README.md'), '| variable | default | meaning |');
    expect([...used].filter((name) => !rows.some(([documented]) => documented === name))).to.deep.equal([]);
  });

  it('has every command in the README', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const readme = read('README.md');
    const isTold = (name: string) => [`npm ${name}`, `npm run ${name}`].some((text) => readme.includes(text));
    expect(Object.keys(scripts).filter((name) => !isTold(name))).to.deep.equal([]);
  });

  it('names each package in the decision about dependencies', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const packages = Object.keys({ ...dependencies, ...devDependencies });
    const decision = read('docs/decisions/001-dependencies.md');
    const isNamed = (name: string) =>
      [name, name.replace(/^(@temporalio|@types)\/.*/, '$1/*')].some((text) => decision.includes(`\`${text}\``));
    expect(packages.filter((name) => !isNamed(name))).to.deep.equal([]);
  });

  it('has no link to a file that does not exist', () => {
    const files = markdownFiles();
    expect(files).to.include('README.md');
    const broken = files.flatMap((file) =>
      localLinks(read(file))
        .filter((link) => !existsSync(path.join(root, path.dirname(file), link.replace(/#.*/, ''))))
        .map((link) => `${file}: ${link}`),
    );
    expect(broken).to.deep.equal([]);
  });
});
