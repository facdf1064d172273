import { notSentCode } from '../../../lib/http/neighbour.ts';
import { type Problem, unavailable } from '../../../lib/http/problem.ts';

/** ticket-app gave no outcome. `notBegun`: all the same it is certain that nothing was begun, and this tells the caller. */
export interface Unknown {
  kind: 'unknown';
  cause: string;
  notBegun?: Problem;
}

/** The call never reached ticket-app, or ticket-app could not begin anything with it. */
const neverBegun = new Set([notSentCode, 'ECONNREFUSED', 'ENOTFOUND', 'temporal_unavailable']);

/** `code` is the network's, or that of ticket-app's problem. */
export function unknown(cause: string, code: string): Unknown {
  if (neverBegun.has(code)) {
    const detail = 'Seats cannot be sold just now. Repeat the call in a moment, with the same key.';
    return { kind: 'unknown', cause, notBegun: unavailable('ticketing_unavailable', detail) };
  }
  if (code === 'overloaded') {
    const detail = 'Too many are buying at this moment. Repeat the call soon, with the same key.';
    return { kind: 'unknown', cause, notBegun: unavailable('overloaded', detail) };
  }
  return { kind: 'unknown', cause };
}
