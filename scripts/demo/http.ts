import type { Static, TSchema } from 'typebox';
import { NotOfSchema, type Validator } from '../../lib/schema/ajv.ts';

/** Longer than the Client App's own patience (10 s) with a booking call. */
const CALL_TIMEOUT_MS = 20_000;

export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  url: string;
  token?: string | undefined;
  headers?: Record<string, string>;
  /** Sent as JSON; a form goes as URLSearchParams. */
  body?: unknown;
}

export interface Answer {
  call: Call;
  status: number;
  headers: Headers;
  bytes: Buffer;
}

/** One HTTP call, as a browser or curl makes it: every status is an answer. Rejects when none arrives. */
export async function send(call: Call): Promise<Answer> {
  const isForm = call.body instanceof URLSearchParams;
  const response = await fetch(call.url, {
    method: call.method,
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    headers: {
      ...(call.token !== undefined && { authorization: `Bearer ${call.token}` }),
      ...(call.body !== undefined && !isForm && { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body !== undefined && { body: isForm ? (call.body as URLSearchParams) : JSON.stringify(call.body) }),
  }).catch((error: unknown) => {
    throw new Error(`${nameOf(call)} got no answer`, { cause: causeOf(error) });
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { call, status: response.status, headers: response.headers, bytes };
}

/** The body of an answer that must have one of these statuses and fit the schema. @throws an error that shows what came instead. */
export function read<S extends TSchema>(answer: Answer, statuses: number | number[], schema: Validator<S>): Static<S> {
  expectStatus(answer, statuses);
  try {
    return schema.parse(JSON.parse(answer.bytes.toString()));
  } catch (error) {
    const what = error instanceof NotOfSchema ? `${error.field} ${error.message}` : 'it is not JSON';
    throw new Error(`${nameOf(answer.call)} answered ${answer.status} with a body that does not fit: ${what}`);
  }
}

export function expectStatus(answer: Answer, statuses: number | number[]): void {
  const wanted = [statuses].flat();
  if (wanted.includes(answer.status)) return;
  const start = answer.bytes.toString().slice(0, 300);
  throw new Error(`${nameOf(answer.call)} answered ${answer.status}, not ${wanted.join(' or ')}: ${start}`);
}

const nameOf = ({ method, url }: Call) => `${method} ${url}`;

/** fetch says "fetch failed" and hides what happened one level down. */
const causeOf = (error: unknown) => (error instanceof Error ? (error.cause ?? error) : error);
