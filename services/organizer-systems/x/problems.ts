import { Type } from 'typebox';
import type { ProblemCatalogue } from '../../../lib/http/problem-catalogue.ts';
import { Seats } from '../vocabulary.ts';

/** What X may answer with beside what every service may. */
export const problems = {
  invalid_api_key: { status: 401, means: 'Send a valid key in X-Api-Key.' },
  hold_not_found: { status: 404, means: 'Nothing was ever held under this reference.' },
  seats_unavailable: {
    status: 409,
    means: 'Some of these seats are not free; nothing is held.',
    members: { seats: Type.Optional(Seats) },
  },
  released: { status: 409, means: 'This reference was released; it can hold nothing any more.' },
  reference_reused: { status: 409, means: 'This reference belongs to a hold of other seats.' },
  overloaded: { status: 503, means: 'Try again in a moment.' },
} as const satisfies ProblemCatalogue;
