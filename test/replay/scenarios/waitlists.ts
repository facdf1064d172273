import type { Client } from '@temporalio/client';
import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import {
  join,
  leave as leaveQueue,
  seatWaitlistWorkflowId,
} from '../../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { faultAtX } from '../../e2e/organizer-stage.ts';
import { cancel, entryAtTicketApp, joined, leave, offerTo, untilEntryIs } from '../../e2e/queue-stage.ts';
import { anEvent, booked, call, type Person, pay, people, person, theAdmin, untilStatus } from '../../e2e/stage.ts';
import { system } from '../../engines.ts';
import { waitUntil } from '../../wait-until.ts';
import type { Scenario, Scenarios } from './scenario.ts';

const seatId = 'A-1-1';

interface Queue {
  eventId: string;
  workflowId: string;
  holder: Person;
  bookingId: string;
  /** First come first. */
  waiting: Array<{ buyer: Person; entryId: string }>;
}

/** A seat that somebody has booked, and `count` people who queue for it. */
async function aQueue(count: number, offerSeconds?: number): Promise<Queue> {
  const eventId = await anEvent({ ...(offerSeconds !== undefined && { changes: { offerSeconds } }) });
  const holder = await person();
  const { bookingId } = await booked(holder, eventId, [seatId]);
  const waiting: Queue['waiting'] = [];
  for (const buyer of await people(count)) waiting.push({ buyer, ...(await joined(buyer, eventId, seatId)) });
  return { eventId, workflowId: seatWaitlistWorkflowId({ eventId, seatId }), holder, bookingId, waiting };
}

async function payFor({ buyer, entryId }: Queue['waiting'][number], withinMs?: number): Promise<string> {
  const { bookingId, paymentUrl } = await offerTo(buyer, entryId, withinMs);
  await pay(paymentUrl, 'test_success');
  await untilStatus(buyer, bookingId, 'CONFIRMED');
  return bookingId;
}

/** The same queue as it is kept, and as the booking of its offer. */
const asBooking =
  (play: () => Promise<{ bookingId: string }>): Scenario =>
  async () =>
    bookingWorkflowId((await play()).bookingId);

async function firstPays() {
  const { workflowId, holder, bookingId, waiting } = await aQueue(1);
  await cancel(holder, bookingId);
  const [first] = waiting as [Queue['waiting'][number]];
  return { workflowId, bookingId: await payFor(first) };
}

async function firstLapses() {
  const { workflowId, holder, bookingId, waiting } = await aQueue(2, 2);
  const [first, second] = waiting as [Queue['waiting'][number], Queue['waiting'][number]];
  await cancel(holder, bookingId);
  const offer = await offerTo(first.buyer, first.entryId);
  await payFor(second);
  return { workflowId, bookingId: offer.bookingId };
}

/** Joins and leaves until the first run has been followed by another. */
async function continuedAsNew(client: Client) {
  const { eventId, workflowId, waiting } = await aQueue(1);
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const buyer = await person();
  for (;;) {
    const { entryId } = await joined(buyer, eventId, seatId);
    await leave(buyer, entryId);
    if ((await client.workflow.getHandle(workflowId).describe()).runId !== runId) break;
  }
  for (const entry of waiting) await leave(entry.buyer, entry.entryId);
  return { workflowId, runId };
}

/** Each plays one life of a seat's waitlist, or of a booking that it offered. */
export const waitlists: Scenarios = {
  'queue-first-pays': async () => (await firstPays()).workflowId,
  'offer-paid': asBooking(firstPays),
  'queue-first-lapses-second-pays': async () => (await firstLapses()).workflowId,
  'offer-lapsed': asBooking(firstLapses),
  'queue-continued-as-new': continuedAsNew,

  async 'queue-first-declines-second-leaves'() {
    const { workflowId, holder, bookingId, waiting } = await aQueue(2);
    const [first, second] = waiting as [Queue['waiting'][number], Queue['waiting'][number]];
    await cancel(holder, bookingId);
    const offer = await offerTo(first.buyer, first.entryId);
    // Whoever is offered the seat declines by cancelling; leaving is refused.
    await leave(first.buyer, first.entryId);
    await leave(second.buyer, second.entryId);
    await cancel(first.buyer, offer.bookingId);
    return workflowId;
  },

  async 'queue-put-back-while-organizer-is-away'() {
    const { eventId, workflowId, holder, bookingId, waiting } = await aQueue(1);
    const [first] = waiting as [Queue['waiting'][number]];
    // More than one offer asks in its 60 s; the next one is held.
    await faultAtX({ eventId, fault: '503', call: 'hold', times: 33 });
    await cancel(holder, bookingId);
    await waitUntil(
      'the second offer',
      async () => (await entryAtTicketApp(first.entryId)).bookingId === `${first.entryId}-2`,
      180_000,
    );
    await payFor(first, 60_000);
    return workflowId;
  },

  async 'queue-joined-and-left-twice'(client) {
    const { eventId, workflowId, waiting } = await aQueue(1);
    const [first] = waiting as [Queue['waiting'][number]];
    const buyer = await person();
    const { entryId } = await joined(buyer, eventId, seatId);
    const handle = client.workflow.getHandle(workflowId);
    // As from a ticket-app to which the answer was lost.
    const request = { entryId, customerId: buyer.userId, joinBefore: Date.now() + 10_000 };
    await handle.executeUpdate(join, { args: [request] });
    for (const left of [entryId, entryId, first.entryId]) await handle.executeUpdate(leaveQueue, { args: [left] });
    return workflowId;
  },

  async 'queue-closed'() {
    const { eventId, workflowId, waiting } = await aQueue(3);
    const { token } = await theAdmin();
    await call(`${system().urls.ticketApp}/events/${eventId}/seats/${seatId}/close`, {
      token,
      body: { reason: 'broken' },
    });
    for (const { entryId } of waiting) await untilEntryIs(entryId, 'CLOSED');
    return workflowId;
  },

  async 'queue-worker-killed'() {
    const { workflowId, holder, bookingId, waiting } = await aQueue(1);
    const [first] = waiting as [Queue['waiting'][number]];
    await cancel(holder, bookingId);
    await system().kill('ticketing-worker');
    await system().restart('ticketing-worker');
    await payFor(first, 60_000);
    return workflowId;
  },
};
