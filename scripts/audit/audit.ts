import type { Circumstances, Invariant, Violation } from './invariant.ts';
import { oneOwner } from './invariants/i1-one-owner.ts';
import { ticketOrRefund } from './invariants/i2-ticket-or-refund.ts';
import { holdsEnd } from './invariants/i3-holds-end.ts';
import { joinOrder } from './invariants/i4-join-order.ts';
import { nothingLost } from './invariants/i5-nothing-lost.ts';
import { chargedOnce } from './invariants/i6-charged-once.ts';
import { type Databases, readEvent } from './records.ts';

/** The promises of docs/protocols.md, each in a file of its own. */
const invariants: readonly Invariant[] = [oneOwner, ticketOrRefund, holdsEnd, joinOrder, nothingLost, chargedOnce];

export interface AuditScope extends Partial<Circumstances> {
  /** Default: every event there is. */
  eventIds?: readonly string[];
}

/**
 * Checks the six invariants from the databases alone, one event after the other, and only reads. Empty: all hold. The
 * databases are not read at one instant: on a running system, what is found must be found again before it is believed,
 * or `quietSince` must leave out what still moves (default: nothing does).
 */
export async function audit(databases: Databases, scope: AuditScope = {}): Promise<Violation[]> {
  const now = scope.now ?? new Date();
  const circumstances = { now, quietSince: scope.quietSince ?? now, acknowledged: scope.acknowledged ?? [] };
  const found: Violation[] = [];
  for (const eventId of scope.eventIds ?? (await everyEvent(databases))) {
    const records = await readEvent(databases, eventId);
    found.push(...invariants.flatMap((invariant) => invariant(records, circumstances)));
  }
  return found;
}

async function everyEvent(databases: Databases): Promise<string[]> {
  const ids = await Promise.all([
    databases['ticket-app'].collection<{ _id: string }>('events').distinct('_id'),
    databases['ticket-app'].collection('bookings').distinct('eventId'),
    databases['client-app'].collection('bookings').distinct('eventId'),
  ]);
  return [...new Set(ids.flat())];
}
