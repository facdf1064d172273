// The command line `kursi`, as an operator uses it against the running system.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runKursi } from '../../scripts/kursi/program.ts';
import { system } from '../engines.ts';
import { anEvent, booked, pay, person, untilStatus } from './stage.ts';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

const script = fileURLToPath(new URL('../../scripts/kursi.ts', import.meta.url));
/** Nothing but the path and the folder of the system, and what the test adds. */
const environment = (more: Record<string, string>) => ({ PATH: process.env.PATH, KURSI_DIR: system().dir, ...more });

/** Runs it in this process, without a terminal: starting one costs a second, and `kursiProcess` shows that it starts. */
export async function kursi(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  const out = (text: string) => {
    ran.stdout += `${text}\n`;
  };
  const error = (text: string) => {
    ran.stderr += `${text}\n`;
  };
  ran.code = await runKursi(args, { env: environment(env), out, error, isColoured: false });
  return ran;
}

/** Runs it as a process of its own. */
export function kursiProcess(args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, ['--import=tsx', script, ...args], {
    env: environment({}),
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

export interface Shown {
  bookingId: string;
  history: { status: string; bookingNumber: string } | null;
  ticketing: { booking: { status: string; refund?: { status: string } }; seats: { heldBy: string }[] };
  invoice: { status: string };
  workflows: { workflowId: string; status: string; url?: string }[];
  findings: { level: string; what: string; todo: string }[];
}

export const show = (bookingId: string) => kursiJson<Shown>(['booking', 'show', bookingId]);

/** A booking of one seat, of an event of its own; with a method of payment it is paid and confirmed. */
export async function aBooking(method?: string) {
  const buyer = await person();
  const booking = await booked(buyer, await anEvent(), ['A-1-1']);
  if (method !== undefined) {
    await pay(booking.paymentUrl, method);
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
  }
  return { buyer, ...booking };
}
