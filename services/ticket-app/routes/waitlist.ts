import Router from '@koa/router';
import { Type } from 'typebox';
import { requiresService } from '../../../lib/auth/service-credential.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import {
  JoinWaitlist,
  statusOfWaitlistRefusal,
  textOfWaitlistRefusal,
  type WaitlistRefusal,
} from '../../../lib/contracts/waitlist.ts';
import { notFound, Problem, unavailable } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import type { JoinWaitlistCommand } from '../commands/join-waitlist.ts';
import type { LeaveWaitlistCommand } from '../commands/leave-waitlist.ts';
import type { ReadWaitlist } from '../commands/read-waitlist.ts';
import { presentEntry, presentEntryWithStory } from '../presenters/waitlist-entry.ts';
import type { Access } from './access.ts';
import { refused } from './event-problems.ts';
import { SeatParams } from './seats.schema.ts';

interface Parts {
  serviceSecrets: readonly string[];
  access: Access;
  join: JoinWaitlistCommand;
  leave: LeaveWaitlistCommand;
  read: ReadWaitlist;
}

const joinRequest = request({ body: JoinWaitlist });
const oneEntry = request({ params: Type.Object({ entryId: Id }) });
const leaveRequest = request({ params: Type.Object({ entryId: Id }), body: strictObject({}) });
const toList = request({ query: strictObject({ customerId: Id, active: Type.Literal(true) }) });
const oneSeat = request({ params: SeatParams });

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
export function waitlistRoutes({ serviceSecrets, access, join, leave, read }: Parts): Router {
  const router = new Router();
  const service = requiresService(serviceSecrets);

  async function show(entryId: string) {
    const found = await read.one(entryId);
    if (!found) throw notFound('waitlist_entry');
    return presentEntryWithStory(found);
  }

  async function showPlace(entryId: string) {
    const found = await read.place(entryId);
    if (!found) throw notFound('waitlist_entry');
    return presentEntry(found);
  }

  router.post('/waitlist-entries', service, async (ctx) => {
    const { body } = joinRequest(ctx);
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
  });

  router.get('/waitlist-entries', service, async (ctx) => {
    const found = await read.activeOfPerson(toList(ctx).query.customerId);
    ctx.body = { entries: found.map(presentEntry) };
  });

  router.get('/waitlist-entries/:entryId', service, async (ctx) => {
    ctx.body = await show(oneEntry(ctx).params.entryId);
  });

  router.post('/waitlist-entries/:entryId/leave', service, async (ctx) => {
    const { entryId } = leaveRequest(ctx).params;
    const answer = await leave(entryId);
    switch (answer.outcome) {
      case 'unknown_entry':
        throw notFound('waitlist_entry');
      case 'unknown':
        throw unknownOutcome(entryId);
      case 'offered':
        throw new Problem(409, 'offered', 'The seat is offered to this person now. To decline, cancel the booking.', {
          bookingId: answer.bookingId,
        });
      case 'entry':
        ctx.body = await showPlace(entryId);
    }
  });

  router.get('/events/:eventId/seats/:seatId/waitlist', access.admins, async (ctx) => {
    const { eventId, seatId } = oneSeat(ctx).params;
    const queue = await read.queue({ eventId, seatId });
    if (!queue) throw refused('unknown_seat');
    ctx.body = { eventId, seatId, status: queue.status, entries: queue.entries.map(presentEntry) };
  });

  return router;
}
