import { unavailable } from '../../../lib/http/problem.ts';
import type { Dependencies } from '../dependencies.ts';

export interface CatalogueAnswer {
  status: number;
  type: string;
  body: Buffer;
}

const away = () =>
  unavailable('ticketing_unavailable', 'Events and seats cannot be shown just now. Try again in a moment.');

/**
 * Events and seats, as ticket-app tells them, its own refusals included. Throws 503 `ticketing_unavailable` when it
 * does not answer, is broken, or does not know our credential: none of these is the buyer's fault.
 */
export async function readCatalogue(
  { ticketing, log }: Dependencies,
  path: string,
  query: string,
): Promise<CatalogueAnswer> {
  const answer = await ticketing.read(path, query);
  if (!answer) throw away();
  if (answer.status < 300) return answer;
  const isProblem = answer.type.startsWith('application/problem+json');
  const isForUs = answer.status === 401 || answer.status === 403;
  if (!isProblem || isForUs || answer.status >= 500 || answer.status < 400) {
    log.warn({ path, status: answer.status }, 'ticket-app did not show its catalogue');
    throw away();
  }
  return answer;
}

/** The path of an event, with ids that were checked against their pattern. */
export const eventPath = (eventId: string): string => `/events/${encodeURIComponent(eventId)}`;
