import { unavailable } from '../../../lib/http/problem.ts';
import type { Dependencies } from '../dependencies.ts';
import type { CataloguePage } from '../ticketing/ticketing-client.ts';

export interface CatalogueQuery {
  /** Without its question mark; ticket-app checks it. */
  query: string;
  /** The version that the caller has; if it is still good the answer is 304. */
  ifNoneMatch?: string;
  /** How the answer may be packed; it is passed on as it comes. */
  acceptEncoding?: string;
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
  { query, ifNoneMatch = '', acceptEncoding = '' }: CatalogueQuery,
): Promise<CataloguePage> {
  const answer = await ticketing.read(path, query, {
    ...(ifNoneMatch !== '' && { 'If-None-Match': ifNoneMatch }),
    ...(acceptEncoding !== '' && { 'Accept-Encoding': acceptEncoding }),
  });
  if (!answer) throw away();
  if (answer.status < 300 || answer.status === 304) return answer;
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
