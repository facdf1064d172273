import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { audit } from '../../scripts/audit/audit.ts';
import type { Violation } from '../../scripts/audit/invariant.ts';
import type { Databases } from '../../scripts/audit/records.ts';
import { runningWorkflows } from '../../scripts/audit/running-workflows.ts';
import { DATABASES, type DatabaseName } from '../../scripts/system/databases.ts';
import { searchAttributes } from '../../workflows/booking/booking.messages.ts';
import { databaseOf } from '../e2e/databases.ts';
import { waitUntil } from '../wait-until.ts';
import type { Promised } from './recorder.ts';

const lookAgainMs = 200;
/** Whether everything agrees is looked for in every document of every event. */
const lookThroughAgainMs = 1_000;

export async function theDatabases(): Promise<Databases> {
  const names = Object.keys(DATABASES) as DatabaseName[];
  const opened = await Promise.all(names.map(async (name) => [name, await databaseOf(name)] as const));
  return Object.fromEntries(opened) as Databases;
}

interface Watched {
  databases: Databases;
  temporal: Client;
  eventIds: readonly string[];
  acknowledged: readonly Promised[];
}

/** What is wrong after all the time there was: what goes on, and which promises do not hold. */
export interface Unrest {
  going: string[];
  found: Violation[];
}

/** What goes on in events that are to come to their end. */
async function whatGoesOn({ databases, temporal, eventIds }: Watched): Promise<string[]> {
  const ticketing = databases['ticket-app'];
  const ofEvents = { eventId: { $in: [...eventIds] } };
  const open = { ...ofEvents, status: { $in: ['HOLDING', 'AWAITING_PAYMENT', 'CANCELLING'] } };
  const [bookings, refunds, seats, offers] = await Promise.all([
    ticketing.collection('bookings').countDocuments(open),
    ticketing.collection('bookings').countDocuments({ ...ofEvents, 'refund.status': 'pending' }),
    ticketing.collection('seats').countDocuments({ ...ofEvents, status: 'ON_GOING' }),
    ticketing.collection('waitlist_entries').countDocuments({ ...ofEvents, status: 'OFFERED' }),
  ]);
  const counted = { 'open bookings': bookings, 'pending refunds': refunds, 'seats ON_GOING': seats, offers };
  const going = Object.entries(counted).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  return going.length > 0 ? going : workflowsThatRun({ databases, temporal, eventIds });
}

/** Only queues in which somebody waits have a reason to run. */
async function workflowsThatRun({ databases, temporal, eventIds }: Omit<Watched, 'acknowledged'>): Promise<string[]> {
  const entries = databases['ticket-app'].collection('waitlist_entries');
  const waitedFor = await entries.find({ eventId: { $in: [...eventIds] }, active: true }).toArray();
  const mayRun = new Set(waitedFor.map(({ eventId, seatId }) => `waitlist/${eventId}/${seatId}`));
  const known = new Set(eventIds);
  const running: string[] = [];
  const ofOne = eventIds.length === 1 ? `KursiEventId = '${eventIds[0]}' AND ` : '';
  for await (const workflow of temporal.workflow.list({ query: `${ofOne}ExecutionStatus = 'Running'` })) {
    const eventId = workflow.typedSearchAttributes.get(searchAttributes.eventId);
    if (eventId !== undefined && known.has(eventId) && !mayRun.has(workflow.workflowId))
      running.push(`${workflow.workflowId} runs`);
  }
  return running;
}

/** Waits until nothing goes on any more and every invariant holds. Returns what is wrong after that time. */
export async function untilAtRest(
  watched: Watched,
  withinMs: number,
  onLook: (unrest: Unrest) => void = () => {},
): Promise<Unrest> {
  let last: Unrest = { going: [], found: [] };
  const { databases, temporal, eventIds, acknowledged } = watched;
  const violations = async () => {
    const workflows = await runningWorkflows(temporal);
    const found: Violation[] = [];
    for (const eventId of eventIds) {
      const ofEvent = acknowledged.filter((promise) => promise.eventId === eventId);
      found.push(...(await audit(databases, { eventIds: [eventId], acknowledged: ofEvent, workflows })).violations);
    }
    return found;
  };
  const look = async () => {
    const going = await whatGoesOn(watched);
    const found = going.length > 0 ? [] : await violations();
    last = { going, found };
    onLook(last);
    if (going.length + found.length > 0) await delay(found.length > 0 ? lookThroughAgainMs : lookAgainMs);
    return going.length === 0 && found.length === 0;
  };
  await waitUntil('everything to be at rest', look, withinMs).catch(async () => {
    // Of what goes on too long one wants to know what is wrong with it, too.
    last.found = await violations();
  });
  return last;
}
