import { Type } from 'typebox';
import { Id } from '../../../lib/contracts/primitives.ts';
import { SeatStatus } from '../../../lib/contracts/seat.ts';
import {
  JoinWaitlist,
  statusOfWaitlistRefusal,
  textOfWaitlistRefusal,
  WaitlistEntryView,
  type WaitlistRefusal,
} from '../../../lib/contracts/waitlist.ts';
import { notFound, Problem, unavailable } from '../../../lib/http/problem.ts';
import { waitlistRefusals } from '../../../lib/http/reason-problems.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import type { JoinWaitlistCommand } from '../commands/join-waitlist.ts';
import type { LeaveWaitlistCommand } from '../commands/leave-waitlist.ts';
import type { ReadWaitlist } from '../commands/read-waitlist.ts';
import { presentEntry, presentEntryWithStory } from '../presenters/waitlist-entry.ts';
import { problems } from '../problems.ts';
import type { Access } from './access.ts';
import { refused } from './event-problems.ts';
import { SeatParams } from './seats.schema.ts';

interface Parts {
  access: Access;
  join: JoinWaitlistCommand;
  leave: LeaveWaitlistCommand;
  read: ReadWaitlist;
}

const params = Type.Object({ entryId: Id });
const EntryList = Type.Object({ entries: Type.Array(WaitlistEntryView) });
const QueueView = Type.Object({ eventId: Id, seatId: Id, status: SeatStatus, ...EntryList.properties });

const refusal = (reason: WaitlistRefusal, entryId: string | undefined) =>
  new Problem(
    statusOfWaitlistRefusal[reason],
    reason,
    textOfWaitlistRefusal[reason],
    entryId === undefined ? {} : { entryId },
  );

const unknownOutcome = (entryId: string) =>
  unavailable('waitlist_outcome_unknown', `Ask GET /waitlist-entries/${entryId} what became of it, or try again.`);

/** Places in the queues of seats: for client-app, in front of the buyers; a seat's whole queue: for admins. */
export function waitlistRoutes({ access, join, leave, read }: Parts): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Waitlist', problems });

  async function showPlace(entryId: string) {
    const found = await read.place(entryId);
    if (!found) throw notFound('waitlist_entry');
    return presentEntry(found);
  }

  routes.post(
    '/waitlist-entries',
    {
      id: 'joinWaitlist',
      summary: 'Put a buyer into the queue of a seat',
      description: 'Idempotent by `entryId`: a repeat answers with the place as it then stands.',
      access: access.to('buyerWaitlist.join'),
      request: { body: JoinWaitlist },
      answers: {
        201: { description: 'The place', body: WaitlistEntryView, headers: { Location: 'The place' } },
      },
      problems: [
        ...waitlistRefusals,
        'event_not_found',
        'seat_not_found',
        'waitlist_entry_not_found',
        'waitlist_outcome_unknown',
      ],
    },
    async (ctx, { body }) => {
      const answer = await join(body);
      switch (answer.outcome) {
        case 'refused':
          throw refusal(answer.reason, answer.entryId);
        case 'unknown_event':
          throw new Problem(404, 'event_not_found', 'There is no such event.', { field: 'body.eventId' });
        case 'unknown_seat':
          throw new Problem(404, 'seat_not_found', `The event has no seat ${body.seatId}.`, { field: 'body.seatId' });
        case 'unknown':
          throw unknownOutcome(body.entryId);
        case 'entry':
          ctx.status = 201;
          ctx.set('Location', `/waitlist-entries/${body.entryId}`);
          ctx.body = await showPlace(body.entryId);
      }
    },
  );

  routes.get(
    '/waitlist-entries',
    {
      id: 'listWaitlistEntries',
      summary: 'The active places of a person, with their positions',
      access: access.to('buyerWaitlist.read'),
      request: { query: strictObject({ customerId: Id, active: Type.Literal(true) }) },
      answers: { 200: { description: 'At most as many as one person may have', body: EntryList } },
    },
    async (ctx, { query }) => {
      ctx.body = { entries: (await read.activeOfPerson(query.customerId)).map(presentEntry) };
    },
  );

  routes.get(
    '/waitlist-entries/:entryId',
    {
      id: 'readWaitlistEntry',
      summary: 'A place in a queue, and all that moved it',
      access: access.to('buyerWaitlist.read'),
      request: { params },
      answers: { 200: { description: 'The place', body: WaitlistEntryView } },
      problems: ['waitlist_entry_not_found'],
    },
    async (ctx, input) => {
      const found = await read.one(input.params.entryId);
      if (!found) throw notFound('waitlist_entry');
      ctx.body = presentEntryWithStory(found);
    },
  );

  routes.post(
    '/waitlist-entries/:entryId/leave',
    {
      id: 'leaveWaitlist',
      summary: 'Leave the queue of a seat',
      description: 'Idempotent: leaving twice is once.',
      access: access.to('buyerWaitlist.leave'),
      request: { params, body: strictObject({}) },
      answers: { 200: { description: 'The place as it then stands', body: WaitlistEntryView } },
      problems: ['waitlist_entry_not_found', 'waitlist_outcome_unknown', 'offered'],
    },
    async (ctx, { params: { entryId } }) => {
      const answer = await leave(entryId);
      switch (answer.outcome) {
        case 'unknown_entry':
          throw notFound('waitlist_entry');
        case 'unknown':
          throw unknownOutcome(entryId);
        case 'offered': {
          const detail = 'The seat is offered to this person now. To decline, cancel the booking.';
          throw new Problem(409, 'offered', detail, { bookingId: answer.bookingId });
        }
        case 'entry':
          ctx.body = await showPlace(entryId);
      }
    },
  );

  routes.get(
    '/events/:eventId/seats/:seatId/waitlist',
    {
      id: 'readQueue',
      summary: 'The whole queue of a seat, in its order',
      access: access.to('queues.read'),
      request: { params: SeatParams },
      answers: { 200: { description: 'The queue', body: QueueView } },
      problems: ['seat_not_found', 'keys_unavailable'],
    },
    async (ctx, { params: { eventId, seatId } }) => {
      const queue = await read.queue({ eventId, seatId });
      if (!queue) throw refused('unknown_seat');
      ctx.body = { eventId, seatId, status: queue.status, entries: queue.entries.map(presentEntry) };
    },
  );

  return routes;
}
