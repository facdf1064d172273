import type { ProblemCatalogue } from '../../lib/http/problem-catalogue.ts';

/** What ticket-app may answer with beside what every service may. */
export const problems = {
  booking_not_found: { status: 404, means: 'There is no such booking.' },
  neighbour_unavailable: { status: 503, means: 'A service that is needed for this is away: try again in a moment.' },
} as const satisfies ProblemCatalogue;
