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

/**
 * The audit of a system that was stopped: its clock stands at the last change of any document, so that what was to happen
 * since is not missed.
 */
export async function auditStopped({ databases, temporal, eventIds }: Audience, settleMs: number): Promise<Audited> {
  const now = await lastChange(databases);
  const told = await inTemporal(temporal);
  const scope: AuditScope = { now, quietSince: new Date(now.getTime() - settleMs), ...told };
  const audited = await audit(databases, { ...scope, ...(eventIds && { eventIds }) });
  return { ...audited, violations: await explain(temporal, audited.violations) };
}

async function lastChange(databases: Databases): Promise<Date> {
  const places = [
    ['ticket-app', 'bookings'],
    ['ticket-app', 'seats'],
    ['ticket-app', 'waitlist_entries'],
    ['payment-app', 'invoices'],
  ] as const;
  const newest = await Promise.all(
    places.map(async ([database, name]) => {
      const sorted = databases[database].collection<{ changedAt?: Date }>(name).find().sort({ changedAt: -1 });
      return (await sorted.limit(1).next())?.changedAt?.getTime() ?? 0;
    }),
  );
  return new Date(Math.max(...newest));
}
