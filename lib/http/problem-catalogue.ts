import { type TProperties, Type } from 'typebox';
import { Id } from '../contracts/primitives.ts';

/** What a problem's code says: its status, what it means and what to do about it, and what the problem carries beside that. */
export interface ProblemEntry {
  status: number;
  means: string;
  members?: TProperties;
}

/** Code → what it says. Each service has one; codes are stable, programs rely on them. */
export type ProblemCatalogue = Readonly<Record<string, ProblemEntry>>;

const field = Type.Optional(
  Type.String({ description: 'Where the fault is, e.g. `body.seatIds[3]`.', examples: ['body.seatIds[3]'] }),
);

/** Problems that any service may answer with. */
export const commonProblems = {
  invalid_request: {
    status: 400,
    means: 'A field is missing or not as it must be; `field` names it.',
    members: { field },
  },
  unknown_field: { status: 400, means: 'There is no such field; `field` names it.', members: { field } },
  malformed_body: { status: 400, means: 'The body could not be parsed.', members: { field } },
  invalid_cursor: {
    status: 400,
    means: 'The cursor is not one of this list: leave it out to start again.',
    members: { field },
  },
  idempotency_key_missing: { status: 400, means: 'The header Idempotency-Key is required.', members: { field } },
  idempotency_key_invalid: {
    status: 400,
    means: 'Idempotency-Key must be 8 to 128 printable ASCII characters without spaces.',
    members: { field },
  },
  unauthenticated: { status: 401, means: 'There is no valid credential: sign in, or refresh the access token.' },
  forbidden: { status: 403, means: 'Whoever calls may not do this.', members: { field } },
  route_not_found: { status: 404, means: 'There is no such route.' },
  method_not_allowed: { status: 405, means: 'The route exists, for the methods that the header Allow names.' },
  body_too_slow: {
    status: 408,
    means: 'The body did not arrive in time; nothing was done. Send it again, whole.',
    members: { field },
  },
  body_too_large: { status: 413, means: 'The body is larger than this route takes.', members: { field } },
  unsupported_media_type: {
    status: 415,
    means: 'The body is of another type than this route reads.',
    members: { field },
  },
  idempotency_key_reused: {
    status: 422,
    means: 'This Idempotency-Key was used with another body: use a new one.',
    members: { field },
  },
  too_many_requests: {
    status: 429,
    means: 'This client sends more requests than one may: wait for as long as Retry-After says.',
  },
  internal_error: { status: 500, means: 'A fault of ours; quote the request id.' },
  overloaded: {
    status: 503,
    means: 'More is asked for than can be done at once. This call began nothing: repeat it after Retry-After.',
  },
  database_unavailable: { status: 503, means: "The service's database is away: try again." },
} as const satisfies ProblemCatalogue;

export type CommonProblem = keyof typeof commonProblems;

/** Seats that a problem is about. */
export const seatIdsMember = { seatIds: Type.Optional(Type.Array(Id)) } satisfies TProperties;
