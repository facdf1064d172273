import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

export interface Suite {
  name: string;
  /** Folders whose `*.test.ts` belong to it. */
  folders: readonly string[];
  /** What must run before it does. */
  needs: 'nothing' | 'engines' | 'system';
}

/** Every suite. */
export const SUITES: readonly Suite[] = [
  {
    name: 'unit and integration',
    folders: ['lib', 'services', 'workflows', 'activities', 'temporal', 'scripts', 'bench'],
    needs: 'engines',
  },
  { name: 'model', folders: ['test/model'], needs: 'nothing' },
  { name: 'replay', folders: ['test/replay'], needs: 'nothing' },
  { name: 'chaos', folders: ['test/chaos'], needs: 'nothing' },
  { name: 'end to end', folders: ['test/e2e'], needs: 'system' },
];

/** The test files of a suite, sorted; with `paths` only those that are one of them or lie under one of them. */
export function testFilesOf(suite: Suite, root: string, paths: readonly string[]): string[] {
  const files = suite.folders.flatMap((folder) => testFilesUnder(path.join(root, folder)));
  const relative = files.map((file) => path.relative(root, file)).sort();
  if (paths.length === 0) return relative;
  const wanted = paths.map((given) => path.relative(root, path.resolve(root, given)));
  return relative.filter((file) => wanted.some((given) => file === given || file.startsWith(`${given}${path.sep}`)));
}

function testFilesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => path.join(folder, name));
}
