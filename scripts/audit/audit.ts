import { type Circumstances, type Invariant, unless, type Violation } from './invariant.ts';
import { oneOwner } from './invariants/i1-one-owner.ts';
import { organizerHolds } from './invariants/i1-organizer.ts';
import { ticketOrRefund } from './invariants/i2-ticket-or-refund.ts';
import { ticketRecords } from './invariants/i2-tickets.ts';
import { bookingsEnd } from './invariants/i3-bookings-end.ts';
import { holdsEnd } from './invariants/i3-holds-end.ts';
import { queuesEnd } from './invariants/i3-queues-end.ts';
import { somebodyWorks } from './invariants/i3-somebody-works.ts';
import { workflowsEnd } from './invariants/i3-workflows-end.ts';
import { joinOrder } from './invariants/i4-join-order.ts';
import { offers } from './invariants/i4-offers.ts';
import { entriesAtClientApp } from './invariants/i5-entries.ts';
import { nothingLost } from './invariants/i5-nothing-lost.ts';
import { notifications } from './invariants/i5-notifications.ts';
import { chargedOnce } from './invariants/i6-charged-once.ts';
import { type Databases, type EventRecords, readEvent } from './records.ts';
import type { RunningWorkflows } from './running-workflows.ts';
import { strays } from './strays.ts';

/** The promises of docs/protocols.md, each in one or more files of its own. */
const invariants: readonly Invariant[] = [
  oneOwner,
  organizerHolds,
  ticketOrRefund,
  ticketRecords,
  bookingsEnd,
  queuesEnd,
  holdsEnd,
  somebodyWorks,
  workflowsEnd,
  joinOrder,
  offers,
  nothingLost,
  entriesAtClientApp,
  notifications,
  chargedOnce,
];

/** What is counted as looked at. */
const kinds = [
  'seats',
  'bookings',
  'tickets',
  'entries',
  'invoices',
  'holds',
  'claims',
  'deliveries',
  'clientBookings',
  'clientEntries',
] as const satisfies ReadonlyArray<keyof EventRecords>;
export type Checked = Record<'events' | 'workflows' | 'files' | (typeof kinds)[number], number>;

export interface AuditScope extends Partial<Circumstances> {
  /** Default: every event there is, and what belongs to none. */
  eventIds?: readonly string[];
  /** All workflows that run, read before; without them nobody asks who works on what is open. */
  workflows?: RunningWorkflows;
  /** Whether Temporal has the schedule of the sweep. */
  hasSweep?: boolean;
}

export interface Audited {
  checked: Checked;
  /** Empty: all hold. */
  violations: Violation[];
}

/**
 * Checks the six invariants from the databases, one event after the other, and only reads. The
 * databases are not read at one instant: on a running system, what is found must be found again before it is believed,
 * or `quietSince` must leave out what still moves (default: nothing does).
 */
export async function audit(databases: Databases, scope: AuditScope = {}): Promise<Audited> {
  const now = scope.now ?? new Date();
  const circumstances = { now, quietSince: scope.quietSince ?? now, acknowledged: scope.acknowledged ?? [] };
  const none = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<(typeof kinds)[number], number>;
  const checked: Checked = { events: 0, workflows: scope.workflows?.size ?? 0, files: 0, ...none };
  const eventIds = scope.eventIds ?? (await everyEvent(databases));
  const violations = unless('sweep_missing', scope.hasSweep !== false, 'Temporal has no schedule for the sweep.', {});
  if (scope.eventIds === undefined) violations.push(...(await strays(databases)));
  for (const eventId of eventIds) {
    const records = await readEvent(databases, eventId, scope.workflows);
    violations.push(...invariants.flatMap((invariant) => invariant(records, circumstances)));
    checked.events += 1;
    checked.files += records.files.size + records.clientFiles.size;
    for (const kind of kinds) checked[kind] += records[kind].length;
  }
  return { checked, violations };
}

async function everyEvent(databases: Databases): Promise<string[]> {
  const ids = await Promise.all([
    databases['ticket-app'].collection<{ _id: string }>('events').distinct('_id'),
    databases['ticket-app'].collection('seats').distinct('eventId'),
    databases['ticket-app'].collection('bookings').distinct('eventId'),
    databases['client-app'].collection('bookings').distinct('eventId'),
  ]);
  return [...new Set(ids.flat())];
}
