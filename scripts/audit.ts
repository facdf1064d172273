// npm run audit [-- --event ID]… [--settle SECONDS] [--fix] [--dir .kursi] [--json]: checks the promises I1 to I6 of
// docs/protocols.md and every cross-reference, in the databases and Temporal of a system that runs or was stopped. Only
// reads, unless it is told to --fix what is safe to mend. Exits with 1 when something disagrees, and says what, with the
// ids, the likely cause and what helps.
import { createPrivateKey } from 'node:crypto';
import { parseArgs } from 'node:util';
import mongoose from 'mongoose';
import { temporalClient } from '../temporal/connection.ts';
import { auditAndMend, type Fixed, type Left, type Mended } from './audit/mended-audit.ts';
import type { Databases } from './audit/records.ts';
import type { Tools } from './audit/remedies.ts';
import { createRestorePdf } from './audit/restore-pdf.ts';
import { type Audience, auditRunning, auditStopped } from './audit/settled-audit.ts';
import { createServices } from './kursi/services.ts';
import { readSettings } from './kursi/settings.ts';
import { DATABASES, type DatabaseName, planDatabases } from './system/databases.ts';
import { portsAt } from './system/ports.ts';
import { loadSecrets } from './system/secrets.ts';
import { reasonOf, SetupError } from './system/setup-error.ts';
import { readRunningSystem } from './system/state-file.ts';
import { System } from './system/system.ts';

const help = `Checks every promise and every cross-reference of a system that runs, or that was stopped.

  npm run audit                      finds, explains, changes nothing
  npm run audit -- --fix             mends what is safe to mend, and audits again (the services must run)
    --event ID      only this event; may be given more than once
    --settle N      what changed in the last N seconds may still be on its way (20)
    --dir FOLDER    the system's folder (KURSI_DIR, .kursi)
    --port-offset N of a stopped system: the ports that it had, moved by N (KURSI_PORT_OFFSET, 0)
    --json          the last line is {ok, checked, violations, fixed}
Exit codes: 0 nothing disagrees (any more), 1 something does, 2 wrong command line. A deployment
is named by its variables, as for kursi. More: docs/operations.md`;

const DEFAULT_NAMESPACE = 'default';
const names = Object.keys(DATABASES) as DatabaseName[];

const { event: eventIds, settle, fix, json, dir, 'port-offset': portOffset } = readArguments();
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
        /** Mend what is safe to mend. */
        fix: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        dir: { type: 'string', default: process.env.KURSI_DIR || '.kursi' },
        'port-offset': { type: 'string', default: process.env.KURSI_PORT_OFFSET || '0' },
      },
    });
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    for (const name of ['settle', 'port-offset'] as const)
      if (!/^\d+$/.test(values[name])) throw new Error(`--${name} is a whole number, not "${values[name]}".`);
    return values;
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

/**
 * Where it runs, or all its databases and Temporal are named, it is asked as it is; where it was stopped, its engines are
 * started, and stopped again.
 */
async function run(): Promise<Mended> {
  const running = readRunningSystem(dir);
  if (running) {
    const ports = portsAt(running.portOffset);
    const { uris } = planDatabases(process.env, ports);
    say(`Auditing the system that runs in ${dir} …`);
    return look(uris, process.env.TEMPORAL_ADDRESS || `127.0.0.1:${ports.temporal}`, asItRuns);
  }
  const given = planDatabases(process.env, portsAt(Number(portOffset)));
  if (given.engines.length === 0 && process.env.TEMPORAL_ADDRESS) {
    say('Auditing the system that the variables name, which may run …');
    return look(given.uris, process.env.TEMPORAL_ADDRESS, asItRuns);
  }
  if (fix) {
    throw new SetupError(
      `No system runs in ${dir}, and --fix works through its services and workflows: start it (npm start), then audit again.`,
    );
  }
  say(`No system runs in ${dir}: starting its databases and Temporal, to look at what it left …`);
  system = new System({ dir, portOffset: Number(portOffset), say, seed: false });
  await system.startEngines();
  return look(system.databases.uris, system.env.TEMPORAL_ADDRESS ?? '', async (audience) => ({
    ...(await auditStopped(audience, settleMs)),
    fixed: [],
  }));
}

async function asItRuns(audience: Audience): Promise<Mended> {
  return fix ? mended(audience) : { ...(await auditRunning(audience, settleMs)), fixed: [] };
}

async function mended(audience: Audience): Promise<Mended> {
  if (!process.env.TICKET_SIGNING_PRIVATE_KEY && !readRunningSystem(dir))
    throw new SetupError('--fix makes lost PDFs again, as they were signed: set TICKET_SIGNING_PRIVATE_KEY.');
  const settings = readSettings({ ...process.env, KURSI_DIR: dir });
  const key = createPrivateKey(process.env.TICKET_SIGNING_PRIVATE_KEY || loadSecrets(dir).ticketSigningPrivateKey);
  const tools: Tools = {
    databases: audience.databases,
    temporal: audience.temporal,
    services: createServices(settings),
    restorePdf: createRestorePdf(audience.databases['ticket-app'], key),
  };
  return auditAndMend({ ...audience, ...tools }, settleMs, ({ what, ids }, did) => {
    say(`${what}\n    ids    ${ids.join(', ')}\n    --fix  ${did}`);
  });
}

async function look(
  uris: Record<DatabaseName, string>,
  address: string,
  by: (audience: Audience) => Promise<Mended>,
): Promise<Mended> {
  const opened = await Promise.all(
    names.map(async (name) => [name, await mongoose.createConnection(uris[name]).asPromise()] as const),
  );
  const namespace = process.env.TEMPORAL_NAMESPACE || DEFAULT_NAMESPACE;
  const temporal = temporalClient({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
  try {
    return await by({ databases: Object.fromEntries(opened) as Databases, temporal, eventIds });
  } finally {
    await Promise.all([temporal.connection.close(), ...opened.map(([, connection]) => connection.close())]);
  }
}

function tell({ checked, violations, fixed }: Mended): void {
  for (const violation of violations) say(linesOf(violation));
  const { clientBookings, clientEntries, ...others } = checked;
  const copies = { "of client-app's bookings": clientBookings, "of client-app's entries": clientEntries };
  const counted = Object.entries({ ...others, ...copies }).map(
    ([kind, count]) => `${count.toLocaleString('en')} ${kind}`,
  );
  say(`Looked at ${counted.join(', ')}.`);
  if (fixed.length > 0) say(`${fixed.length} disagreements were mended.`);
  say(violations.length === 0 ? 'Nothing disagrees.' : `${violations.length} disagreements.${hint(violations)}`);
  if (json) {
    const ok = violations.length === 0;
    console.log(JSON.stringify({ ok, checked, violations: violations.map(told), fixed: fixed.map(told) }));
  }
}

function linesOf({ invariant, kind, what, ids, cause, help: todo, refused }: Left): string {
  const lines = [`${invariant}  ${what}  (${kind})`, `ids    ${ids.join(', ')}`, `likely ${cause}`, `do     ${todo}`];
  return [...lines, ...(refused ? [`--fix  ${refused}`] : [])].join('\n    ');
}

/** What only this program works with is left out. */
function told({ subject: _, ...violation }: Left | Fixed) {
  return violation;
}

function hint(violations: readonly Left[]): string {
  const count = violations.filter((one) => one.fix !== undefined).length;
  return fix || count === 0 ? '' : ` Of them --fix may mend ${count}.`;
}

async function leave(code: number): Promise<never> {
  await system?.stop();
  process.exit(code);
}
