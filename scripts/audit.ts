// npm run audit [-- --event ID]… [--settle SECONDS] [--dir .kursi] [--json]: checks the promises I1 to I6 of docs/protocols.md
// and every cross-reference, in the databases and Temporal of a system that runs or was stopped. Only reads. Exits with 1
// when something disagrees, and says what, with the ids and the likely cause.
import { parseArgs } from 'node:util';
import mongoose from 'mongoose';
import { temporalClient } from '../temporal/connection.ts';
import type { Audited, Checked } from './audit/audit.ts';
import type { Databases } from './audit/records.ts';
import { auditRunning, auditStopped } from './audit/settled-audit.ts';
import { DATABASES, type DatabaseName, planDatabases } from './system/databases.ts';
import { portsAt } from './system/ports.ts';
import { reasonOf, SetupError } from './system/setup-error.ts';
import { readRunningSystem } from './system/state-file.ts';
import { System } from './system/system.ts';

const DEFAULT_NAMESPACE = 'default';
const names = Object.keys(DATABASES) as DatabaseName[];

const { event: eventIds, settle, json, dir, 'port-offset': portOffset } = readArguments();
const settleMs = Number(settle) * 1_000;
const say = (line: string) => void (json ? process.stderr : process.stdout).write(`${line}\n`);
let system: System | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave(1));
process.channel?.unref();

try {
  const audited = await run();
  tell(audited);
  await leave(audited.violations.length === 0 ? 0 : 1);
} catch (error) {
  say(error instanceof SetupError ? error.message : reasonOf(error));
  if (json) console.log(JSON.stringify({ ok: false, error: reasonOf(error) }));
  await leave(1);
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        /** Only this one; may be given more than once. */
        event: { type: 'string', multiple: true },
        /** What changed within so many seconds may still be on its way. */
        settle: { type: 'string', default: '20' },
        json: { type: 'boolean', default: false },
        dir: { type: 'string', default: process.env.KURSI_DIR || '.kursi' },
        'port-offset': { type: 'string', default: process.env.KURSI_PORT_OFFSET || '0' },
      },
    });
    for (const name of ['settle', 'port-offset'] as const)
      if (!/^\d+$/.test(values[name])) throw new Error(`--${name} is a whole number, not "${values[name]}".`);
    return values;
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

/** Where it runs, it is asked as it is; where it was stopped, its engines are started, and stopped again. */
async function run(): Promise<Audited> {
  const running = readRunningSystem(dir);
  if (running) {
    const ports = portsAt(running.portOffset);
    const { uris } = planDatabases(process.env, ports);
    say(`Auditing the system that runs in ${dir} …`);
    return look(uris, process.env.TEMPORAL_ADDRESS || `127.0.0.1:${ports.temporal}`, auditRunning);
  }
  say(`No system runs in ${dir}: starting its databases and Temporal, to look at what it left …`);
  system = new System({ dir, portOffset: Number(portOffset), say, seed: false });
  await system.startEngines();
  return look(system.databases.uris, system.env.TEMPORAL_ADDRESS ?? '', auditStopped);
}

async function look(uris: Record<DatabaseName, string>, address: string, by: typeof auditRunning): Promise<Audited> {
  const opened = await Promise.all(
    names.map(async (name) => [name, await mongoose.createConnection(uris[name]).asPromise()] as const),
  );
  const namespace = process.env.TEMPORAL_NAMESPACE || DEFAULT_NAMESPACE;
  const temporal = temporalClient({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
  try {
    const databases = Object.fromEntries(opened) as Databases;
    return await by({ databases, temporal, eventIds }, settleMs);
  } finally {
    await Promise.all([temporal.connection.close(), ...opened.map(([, connection]) => connection.close())]);
  }
}

function tell({ checked, violations }: Audited): void {
  for (const { invariant, what, ids, cause } of violations) {
    say(`${invariant}  ${what}\n    ids    ${ids.join(', ')}\n    likely ${cause}`);
  }
  say(`Looked at ${counted(checked)}.`);
  say(violations.length === 0 ? 'Nothing disagrees.' : `${violations.length} disagreements.`);
  if (json) console.log(JSON.stringify({ ok: violations.length === 0, checked, violations }));
}

function counted({ clientBookings, clientEntries, ...checked }: Checked): string {
  const copies = { "of client-app's bookings": clientBookings, "of client-app's entries": clientEntries };
  return Object.entries({ ...checked, ...copies })
    .map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`)
    .join(', ');
}

async function leave(code: number): Promise<never> {
  await system?.stop();
  process.exit(code);
}
