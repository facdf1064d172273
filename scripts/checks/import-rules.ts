import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import type { ICruiseResult } from 'dependency-cruiser';
import { runCommand } from '../system/commands.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEPENDENCY_CRUISER = path.join(ROOT, 'node_modules/.bin/depcruise');
const CRUISE_TIMEOUT_MS = 120_000;
/** Not of the project: it has packages of its own. */
const PEER = path.join('bench', 'peer', path.sep);
const FOLDERS = ['lib', 'services', 'workflows', 'activities', 'temporal', 'scripts', 'test', 'bench'];

export interface ImportReport {
  modules: number;
  violations: { rule: string; from: string; to: string }[];
}

/**
 * Checks every import of the project against .dependency-cruiser.cjs. `planted` adds files for the time of the check:
 * path to source.
 * @throws when no module of the project was seen: a check that sees nothing would be green for ever.
 */
export async function checkImports(planted: Record<string, string> = {}): Promise<ImportReport> {
  const mirror = path.join(ROOT, 'node_modules', '.cache', `kursi-imports-${process.pid}`);
  try {
    const folders = writeMirror(mirror, planted);
    const report = await cruiseMirror(mirror, folders);
    if (report.modules === 0)
      throw new Error('dependency-cruiser saw no module: can it still read TypeScript with @swc/core?');
    return report;
  } finally {
    rmSync(mirror, { recursive: true, force: true });
  }
}

/**
 * A copy of the project without its types. dependency-cruiser reads TypeScript by its compiler up to version 6 or by swc,
 * and by swc it cannot tell `import type`, which is allowed everywhere, from an import.
 */
function writeMirror(mirror: string, planted: Record<string, string>): string[] {
  const folders = FOLDERS.filter((folder) => existsSync(path.join(ROOT, folder)));
  for (const folder of folders) {
    for (const name of readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const file = path.join(folder, name);
      if (file.startsWith(PEER)) continue;
      if (/\.(ts|mjs)$/.test(name)) writeStripped(mirror, file, readFileSync(path.join(ROOT, file), 'utf8'));
    }
  }
  for (const [file, source] of Object.entries(planted)) writeStripped(mirror, file, source);
  for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
    cpSync(path.join(ROOT, name), path.join(mirror, name));
  }
  // Its packages are to keep their names there, hence --preserve-symlinks below.
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(mirror, 'node_modules'));
  return folders;
}

function writeStripped(mirror: string, file: string, source: string): void {
  const { code } = transformSync(source, {
    filename: file,
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, transform: { verbatimModuleSyntax: true } },
  });
  const target = path.join(mirror, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, code);
}

/** In a process of its own: dependency-cruiser does not find swc's visitor when it is loaded through tsx. */
async function cruiseMirror(mirror: string, folders: string[]): Promise<ImportReport> {
  const report = path.join(mirror, 'report.json');
  const args = ['--config', '.dependency-cruiser.cjs', '--preserve-symlinks', '-T', 'json', '-f', report, ...folders];
  // Its exit code is the number of violations.
  const { output } = await runCommand(DEPENDENCY_CRUISER, args, { cwd: mirror, timeoutMs: CRUISE_TIMEOUT_MS });
  if (!existsSync(report)) throw new Error(`dependency-cruiser made no report: ${output}`);
  const { modules, summary } = JSON.parse(readFileSync(report, 'utf8')) as ICruiseResult;
  return {
    modules: modules.filter(({ source }) => folders.some((folder) => source.startsWith(`${folder}/`))).length,
    violations: summary.violations.map(({ rule, from, to, cycle }) => ({
      rule: rule.name,
      from,
      to: cycle ? cycle.map(({ name }) => name).join(' → ') : to,
    })),
  };
}
