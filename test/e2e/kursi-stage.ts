// The command line `kursi`, as an operator runs it: a process of its own, against the running system.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { system } from '../engines.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

const script = fileURLToPath(new URL('../../scripts/kursi.ts', import.meta.url));

/** Runs it without a terminal; `env` is added to nothing but the path and the folder of the system. */
export function kursi(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, ['--import=tsx', script, ...args], {
    env: { PATH: process.env.PATH, KURSI_DIR: system().dir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    ran.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    ran.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ran, code }));
  });
}

/** The same with `--json`: what it says must be one object. */
export async function kursiJson<Said = Record<string, unknown>>(
  args: readonly string[],
): Promise<{ code: number | null; said: Said }> {
  const { code, stdout, stderr } = await kursi([...args, '--json']);
  try {
    return { code, said: JSON.parse(stdout) as Said };
  } catch {
    throw new Error(`kursi ${args.join(' ')} said no JSON (exit ${code}): ${stdout}${stderr}`);
  }
}
