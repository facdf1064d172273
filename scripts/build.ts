// npm run build [-- --out folder]: dist/, which runs with plain Node and the production dependencies only: JavaScript, the pages, and the
// workflows bundled for the worker. Types are checked by npm run check.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { tracedWorkflowModules } from '../temporal/tracing.ts';
import { bundlePaths, workflowsPath } from '../temporal/workers/worker.ts';
import { runCommand } from './system/commands.ts';

const COMPILE_TIMEOUT_MS = 120_000;
const ASSETS = { folder: 'services', extensions: ['.eta', '.html', '.css', '.mjs'] };

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string', default: path.join(root, 'dist') } } });
const dist = path.resolve(values.out);
const startedAt = Date.now();

rmSync(dist, { recursive: true, force: true });
await compile();
copyAssets();
await Promise.all([bundle(bundlePaths.plain, []), bundle(bundlePaths.traced, tracedWorkflowModules)]);
console.log(`Built ${path.relative(process.cwd(), dist)}/ in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);

async function compile(): Promise<void> {
  const compiler = path.join(root, 'node_modules', '.bin', 'tsc');
  const { code, output } = await runCommand(compiler, ['--project', 'tsconfig.build.json', '--outDir', dist], {
    cwd: root,
    timeoutMs: COMPILE_TIMEOUT_MS,
  });
  if (code === 0) return;
  console.error(output.trimEnd());
  process.exit(1);
}

function copyAssets(): void {
  const files = readdirSync(path.join(root, ASSETS.folder), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => ASSETS.extensions.includes(path.extname(name)))) {
    cpSync(path.join(root, ASSETS.folder, file), path.join(dist, ASSETS.folder, file));
  }
}

/** `target` is where a worker that runs from the source would look; the built one looks at the same place in dist/. */
async function bundle(target: string, workflowInterceptorModules: string[]): Promise<void> {
  const built = path.join(dist, path.relative(root, target));
  mkdirSync(path.dirname(built), { recursive: true });
  const logger = new DefaultLogger('ERROR');
  const { code } = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, logger });
  writeFileSync(built, code);
}
