import type { AxiosResponse } from 'axios';
import {
  statusOfWaitlistRefusal,
  WaitlistEntryView,
  WaitlistProblem,
  WaitlistRefusal,
} from '../../../lib/contracts/waitlist.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { compile } from '../../../lib/schema/ajv.ts';
import { type Unknown, unknown } from './unknown.ts';

/** What a call about a place in a queue came to. Only what was said is an outcome; everything else is `unknown` (K-4). */
export type WaitlistAnswer =
  | { kind: 'entry'; entry: WaitlistEntryView }
  /** Nobody was put into a queue, and why; the problem is for the caller. */
  | { kind: 'refused'; problem: Problem; entryId?: string }
  /** It cannot be left: the seat is offered by this booking. */
  | { kind: 'offered'; bookingId: string }
  | { kind: 'not_found' }
  | Unknown;

const views = compile(WaitlistEntryView);
const problems = compile(WaitlistProblem);
const refusals = compile(WaitlistRefusal);

/** ticket-app's own words as a problem for our caller. */
function passOn(status: number, { code, detail, field, entryId }: WaitlistProblem): Problem {
  return new Problem(
    status,
    code,
    detail,
    { ...(field !== undefined && { field }), ...(entryId !== undefined && { entryId }) },
    status === 503 ? { 'Retry-After': '1' } : {},
  );
}

export function waitlistAnswerOf({ status, data }: Pick<AxiosResponse<unknown>, 'status' | 'data'>): WaitlistAnswer {
  if (status < 300 && views.check(data)) return { kind: 'entry', entry: data };
  if (status < 300 || !problems.check(data)) return { kind: 'unknown', cause: `status ${status}` };
  const { code, entryId, bookingId } = data;
  const isRefusal = refusals.check(code) && status === statusOfWaitlistRefusal[code];
  // The call itself was wrong: an unknown event or seat. A conflict that is not of the list is no certain "no".
  const isOfTheCall = [400, 404, 422].includes(status) && code !== 'route_not_found';
  if (code === 'offered' && bookingId !== undefined) return { kind: 'offered', bookingId };
  if (code === 'waitlist_entry_not_found') return { kind: 'not_found' };
  if (!isRefusal && !isOfTheCall) return unknown(`${status} ${code}`, code);
  return { kind: 'refused', problem: passOn(status, data), ...(entryId !== undefined && { entryId }) };
}
