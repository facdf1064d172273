import { unavailable } from '../../../lib/http/problem.ts';
import type { EntryNow } from '../models/waitlist-entry.ts';
import { entryPath, presentEntry } from './waitlist-entry.ts';

/**
 * The answer to a call to queue, first or repeated, from the entry as it now is: 201 once ticket-app has it, whatever
 * came of it since; 202 while that is not known. Throws 503 `not_joined` where it is certain that it never began.
 */
export function answerOfEntry(entry: EntryNow) {
  const headers = { Location: entryPath(entry._id) };
  if (entry.status === 'NOT_JOINED') {
    throw unavailable(
      'not_joined',
      'You could not be put into the queue in time. Nothing was done; try again with a new Idempotency-Key.',
    );
  }
  return entry.status === 'REQUESTED'
    ? { status: 202, headers: { ...headers, 'Retry-After': '1' }, body: presentEntry(entry) }
    : { status: 201, headers, body: presentEntry(entry) };
}
