import { Type } from 'typebox';
import { Id } from '../../../lib/contracts/primitives.ts';
import { waitlistRefusals } from '../../../lib/http/reason-problems.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { callerOf } from '../auth/signed-in.ts';
import { joinWaitlist } from '../commands/join-waitlist.ts';
import { leaveWaitlist } from '../commands/leave-waitlist.ts';
import { EntryStatus, listEntries, readEntry } from '../commands/read-waitlist-entries.ts';
import type { Dependencies } from '../dependencies.ts';
import { answerOfEntry } from '../presenters/waitlist-answer.ts';
import { EntryInListView, EntryView, presentEntry, presentEntryInList } from '../presenters/waitlist-entry.ts';
import { problems } from '../problems.ts';
import { pageQuery } from './page.ts';

const WantedPlace = strictObject({ eventId: Id, seatId: Id });
const one = strictObject({ entryId: Id });
const Filter = strictObject({
  ...pageQuery,
  status: Type.Optional(EntryStatus),
  active: Type.Optional(
    Type.Boolean({ description: 'Only those that can still come to something, or only the others.' }),
  ),
  customerId: Type.Optional({ ...Id, description: "For admins: somebody else's." }),
});
const EntryPage = Type.Object({ entries: Type.Array(EntryInListView), nextCursor: Type.Optional(Type.String()) });

/** Queueing for a seat that is taken (W1), and each person's places in queues. Another's place answers 404. */
export function waitlistRoutes(dependencies: Dependencies): DescribedRoutes {
  const to = accessOf(dependencies);
  const routes = describedRoutes({ tag: 'Waitlist', problems });

  routes.post(
    '/waitlist-entries',
    {
      id: 'joinWaitlist',
      summary: 'Queue for a seat that is taken',
      description: 'When the seat comes free, the first in its queue is offered it as a booking, to be paid in time.',
      access: to('waitlist.join'),
      around: [dependencies.roomForCalls],
      idempotencyKey: 'required',
      request: { body: WantedPlace },
      answers: {
        201: { description: 'You are in the queue', body: EntryView, headers: { Location: 'The place' } },
        202: {
          description: 'The place is being taken: read it, or repeat the call',
          body: EntryView,
          headers: { Location: 'The place', 'Retry-After': 'Seconds' },
        },
      },
      problems: [
        ...waitlistRefusals,
        'event_not_found',
        'seat_not_found',
        'not_joined',
        'overloaded',
        'ticketing_unavailable',
      ],
    },
    async (ctx, { body, key }) => {
      const answer = answerOfEntry(await joinWaitlist(dependencies, callerOf(ctx), key, body));
      ctx.status = answer.status;
      ctx.set(answer.headers);
      ctx.body = answer.body;
    },
  );

  routes.get(
    '/waitlist-entries',
    {
      id: 'listWaitlistEntries',
      summary: 'List your places in queues, the active ones first',
      access: to('waitlist.read'),
      request: { query: Filter },
      answers: { 200: { description: 'A page; without `nextCursor` it is the last one', body: EntryPage } },
      problems: ['invalid_cursor'],
    },
    async (ctx, { query }) => {
      const { rows, nextCursor } = await listEntries(dependencies, callerOf(ctx), query);
      ctx.body = { entries: rows.map(presentEntryInList), ...(nextCursor !== undefined && { nextCursor }) };
    },
  );

  routes.get(
    '/waitlist-entries/:entryId',
    {
      id: 'readWaitlistEntry',
      summary: 'Read a place in a queue: where it stands now, and what happened when',
      access: to('waitlist.read'),
      request: { params: one },
      answers: { 200: { description: 'The place', body: EntryView } },
      problems: ['waitlist_entry_not_found'],
    },
    async (ctx, { params }) => {
      ctx.body = presentEntry(await readEntry(dependencies, callerOf(ctx), params.entryId));
    },
  );

  routes.post(
    '/waitlist-entries/:entryId/leave',
    {
      id: 'leaveWaitlist',
      summary: 'Leave a queue',
      description: 'Safe to repeat: a place that has ended stays as it is.',
      access: to('waitlist.leave'),
      request: { params: one, body: strictObject({}) },
      answers: { 200: { description: 'The place as it now is', body: EntryView } },
      problems: ['waitlist_entry_not_found', 'waitlist_entry_not_begun', 'offered', 'ticketing_unavailable'],
    },
    async (ctx, { params }) => {
      ctx.body = presentEntry(await leaveWaitlist(dependencies, callerOf(ctx), params.entryId));
    },
  );

  return routes;
}
