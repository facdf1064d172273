import { setTimeout as delay } from 'node:timers/promises';
import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import { sweepScheduleId } from '../../workflows/sweep/sweep.messages.ts';
import { type Audited, type AuditScope, audit } from './audit.ts';
import { explain } from './explain.ts';
import type { Violation } from './invariant.ts';
import type { Databases } from './records.ts';
import { runningWorkflows } from './running-workflows.ts';

export interface Audience {
  databases: Databases;
  temporal: Client;
  eventIds?: readonly string[] | undefined;
}

export const same = (one: Violation, other: Violation): boolean =>
  one.kind === other.kind && one.what === other.what && one.ids.join() === other.ids.join();

/** What Temporal tells, which is read before the databases. */
export async function inTemporal(temporal: Client): Promise<Pick<AuditScope, 'workflows' | 'hasSweep'>> {
  const hasSweep = await temporal.schedule
    .getHandle(sweepScheduleId)
    .describe()
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof ScheduleNotFoundError) return false;
        throw error;
      },
    );
  return { workflows: await runningWorkflows(temporal), hasSweep };
}

/**
 * The audit of a system that runs: what changed within the settle time is left alone, and what is found must be found
 * again after it, since the databases are not read at one instant.
 */
export async function auditRunning({ databases, temporal, eventIds }: Audience, settleMs: number): Promise<Audited> {
  const look = async () => {
    const told = await inTemporal(temporal);
    const now = new Date();
    const quietSince = new Date(now.getTime() - settleMs);
    return audit(databases, { now, quietSince, ...told, ...(eventIds && { eventIds }) });
  };
  const first = await look();
  if (first.violations.length === 0) return first;
  await delay(settleMs);
  const second = await look();
  const twice = second.violations.filter((one) => first.violations.some((other) => same(one, other)));
  return { ...second, violations: await explain(temporal, twice) };
}

/** One look at everything as it is, also at what changed just now: what it does not find is not there. */
export async function auditNow({ databases, temporal, eventIds }: Audience): Promise<Audited> {
  return audit(databases, { ...(await inTemporal(temporal)), ...(eventIds && { eventIds }) });
}

/**
 * The audit of a system that was stopped: its clock stands at the last change of any document that tells when it changed
 * (`changing`), so that what has come since is not taken for late.
 */
export async function auditStopped({ databases, temporal, eventIds }: Audience, settleMs: number): Promise<Audited> {
  const now = await lastChange(databases);
  const told = await inTemporal(temporal);
  const scope: AuditScope = { now, quietSince: new Date(now.getTime() - settleMs), ...told };
  const audited = await audit(databases, { ...scope, ...(eventIds && { eventIds }) });
  return { ...audited, violations: await explain(temporal, audited.violations) };
}

/** What tells when it changed, and by which field. */
const changing = [
  ['ticket-app', 'bookings', 'changedAt'],
  ['ticket-app', 'seats', 'changedAt'],
  ['ticket-app', 'waitlist_entries', 'changedAt'],
  ['ticket-app', 'webhook_deliveries', 'createdAt'],
  ['ticket-app', 'webhook_deliveries', 'deliveredAt'],
  ['payment-app', 'invoices', 'changedAt'],
  ['organizer-x', 'holds', 'changedAt'],
  ['organizer-x', 'seat_claims', 'claimedAt'],
  ['organizer-y', 'holds', 'changedAt'],
  ['organizer-y', 'seat_claims', 'claimedAt'],
  ['client-app', 'bookings', 'updatedAt'],
  ['client-app', 'waitlist_entries', 'updatedAt'],
] as const;

/** Of any of these documents; of an empty system: long ago. */
export async function lastChange(databases: Databases): Promise<Date> {
  const newest = await Promise.all(
    changing.map(async ([database, name, field]) => {
      const sorted = databases[database]
        .collection<Record<string, Date>>(name)
        .find()
        .sort({ [field]: -1 });
      return (await sorted.limit(1).next())?.[field]?.getTime() ?? 0;
    }),
  );
  return new Date(Math.max(...newest));
}
