import { Type } from 'typebox';
import { OrganizerCode } from '../../../lib/contracts/event.ts';
import { Id, Instant } from '../../../lib/contracts/primitives.ts';
import { strictObject } from '../../../lib/http/request.ts';

export { EventQuery } from '../../../lib/contracts/catalogue-query.ts';

const line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$' });

/** Unless the defaults (a hold of 15 minutes, an offer of 10) are to hold: from a second (tests) to a day (invited guests). */
const Seconds = Type.Integer({ minimum: 1, maximum: 86_400 });

const fields = {
  title: line(160),
  venue: line(120),
  city: line(80),
  organizerName: line(120),
  organizer: OrganizerCode,
  organizerEventRef: Id,
  startsAt: Instant,
  endsAt: Instant,
  salesStartAt: Instant,
  salesEndAt: Instant,
};
const Description = Type.String({ maxLength: 5_000, pattern: '^[^\\u0000]*$' });

export const EventParams = Type.Object({ eventId: Id });

export const NewEvent = strictObject({
  eventId: Type.Optional(Id),
  /** Whose it is, for admins to say: a user of the role organizer. What an organizer creates is the organizer's own. */
  ownerId: Type.Optional(Id),
  ...fields,
  description: Type.Optional(Description),
  doorsAt: Type.Optional(Instant),
  cancellableUntil: Type.Optional(Instant),
  holdSeconds: Type.Optional(Seconds),
  offerSeconds: Type.Optional(Seconds),
});

/** Only what is named changes; null takes an optional field away. */
export const EventPatch = Type.Partial(
  strictObject({
    ...fields,
    /** For admins. */
    ownerId: Type.Union([Id, Type.Null()]),
    description: Description,
    doorsAt: Type.Union([Instant, Type.Null()]),
    cancellableUntil: Type.Union([Instant, Type.Null()]),
    holdSeconds: Type.Union([Seconds, Type.Null()]),
    offerSeconds: Type.Union([Seconds, Type.Null()]),
  }),
  { additionalProperties: false, minProperties: 1 },
);

/** `reason`: what the organizer says to the buyers. */
export const EventCancellation = strictObject({ reason: Type.Optional(line(200)) });
