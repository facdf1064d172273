import type { Client } from '@temporalio/client';
import { audit } from '../../scripts/audit/audit.ts';
import type { Acknowledged, Violation } from '../../scripts/audit/invariant.ts';
import type { Databases } from '../../scripts/audit/records.ts';
import { runningWorkflows } from '../../scripts/audit/running-workflows.ts';
import { DATABASES, type DatabaseName } from '../../scripts/system/databases.ts';
import { databaseOf } from '../e2e/stage.ts';
import { waitUntil } from '../wait-until.ts';

export async function theDatabases(): Promise<Databases> {
  const names = Object.keys(DATABASES) as DatabaseName[];
  const opened = await Promise.all(names.map(async (name) => [name, await databaseOf(name)] as const));
  return Object.fromEntries(opened) as Databases;
}

interface Watched {
  databases: Databases;
  temporal: Client;
  eventId: string;
  acknowledged: readonly Acknowledged[];
}

/** What goes on in an event that is to come to its end. */
async function whatGoesOn({ databases, temporal, eventId }: Watched): Promise<string[]> {
  const ticketing = databases['ticket-app'];
  const open = { eventId, status: { $in: ['HOLDING', 'AWAITING_PAYMENT', 'CANCELLING'] } };
  const [bookings, refunds, seats, offers] = await Promise.all([
    ticketing.collection('bookings').countDocuments(open),
    ticketing.collection('bookings').countDocuments({ eventId, 'refund.status': 'pending' }),
    ticketing.collection('seats').countDocuments({ eventId, status: 'ON_GOING' }),
    ticketing.collection('waitlist_entries').countDocuments({ eventId, status: 'OFFERED' }),
  ]);
  const counted = { 'open bookings': bookings, 'pending refunds': refunds, 'seats ON_GOING': seats, offers };
  const going = Object.entries(counted).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  return going.length > 0 ? going : workflowsThatRun({ databases, temporal, eventId });
}

/** Only queues in which somebody waits have a reason to run. */
async function workflowsThatRun({ databases, temporal, eventId }: Omit<Watched, 'acknowledged'>): Promise<string[]> {
  const entries = databases['ticket-app'].collection('waitlist_entries');
  const waitedFor: string[] = await entries.distinct('seatId', { eventId, active: true });
  const mayRun = new Set(waitedFor.map((seatId) => `waitlist/${eventId}/${seatId}`));
  const running: string[] = [];
  const query = `KursiEventId = '${eventId}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of temporal.workflow.list({ query })) {
    if (!mayRun.has(workflowId)) running.push(`${workflowId} runs`);
  }
  return running;
}

/** Waits until nothing goes on any more and every invariant holds. Returns what is wrong after that time. */
export async function untilAtRest(
  watched: Watched,
  withinMs: number,
): Promise<{ going: string[]; found: Violation[] }> {
  let last: { going: string[]; found: Violation[] } = { going: [], found: [] };
  const { databases, temporal, eventId, acknowledged } = watched;
  const violations = async () => {
    const workflows = await runningWorkflows(temporal);
    return (await audit(databases, { eventIds: [eventId], acknowledged, workflows })).violations;
  };
  const look = async () => {
    const going = await whatGoesOn(watched);
    const found = going.length > 0 ? [] : await violations();
    last = { going, found };
    return going.length === 0 && found.length === 0;
  };
  await waitUntil('the world to be at rest', look, withinMs).catch(async () => {
    // Of what goes on too long one wants to know what is wrong with it, too.
    last.found = await violations();
  });
  return last;
}
