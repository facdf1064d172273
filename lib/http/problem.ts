import { STATUS_CODES } from 'node:http';

/**
 * An error that is told to the caller as RFC 9457 `application/problem+json`.
 * `code` is stable and for programs, `detail` is for people: what was wrong and what to do about it.
 */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly members: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    detail: string,
    members: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.members = members;
    this.headers = headers;
  }

  /** The body of the answer. */
  toJSON(): Record<string, unknown> {
    return {
      type: `urn:kursi:problem:${this.code}`,
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      code: this.code,
      detail: this.message,
      ...this.members,
    };
  }
}

/** `field` is where the fault is, e.g. `body.seatIds[3]`. */
export const invalidRequest = (field: string, message: string, code = 'invalid_request') =>
  new Problem(400, code, `${field} ${message}.`, { field });
export const notFound = (thing: string) =>
  new Problem(404, `${thing}_not_found`, `There is no such ${thing.replaceAll('_', ' ')}.`);
export const unauthenticated = (detail = 'Sign in first: this call needs a valid access token.') =>
  new Problem(401, 'unauthenticated', detail, {}, { 'WWW-Authenticate': 'Bearer' });
export const forbidden = (detail = 'You may not do this.') => new Problem(403, 'forbidden', detail);
export const unavailable = (code: string, detail: string) => new Problem(503, code, detail, {}, { 'Retry-After': '1' });
