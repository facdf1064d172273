import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import type { Static, TSchema } from 'typebox';
import type { Validator } from '../../lib/schema/ajv.ts';
import { OrganizerRejectedCall, OrganizerUnavailable } from './organizer.ts';

/** How long one call may take in all. The workflow tries again, so a short patience costs little. */
export const organizerTimeoutMs = 2_000;
/** A page of 200 holds of 100 seats fits; rubbish without end does not. */
const answerMaxBytes = 4 * 1024 * 1024;
const connectionsMax = 64;

/** Statuses of a call that may go better next time, although nothing is wrong with the organizer. */
const tryAgain = new Set([408, 425, 429]);

export interface OrganizerCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query. */
  path: string;
  body?: unknown;
  /** For error messages: what was asked, about what. */
  about: string;
  signal?: AbortSignal | undefined;
}

export interface OrganizerAnswer {
  status: number;
  body: unknown;
}

/** Makes the headers that show who calls; `path` is as it is sent, with its query. */
export type Credentials = (call: { method: string; path: string; body: string }) => Record<string, string>;

/** Calls one organizer over kept-alive connections; tells what is an answer from what is none. */
export class OrganizerClient {
  readonly #organizer: string;
  readonly #credentials: Credentials;
  readonly #baseUrl: string;
  readonly #http: AxiosInstance;
  readonly #agents: readonly [HttpAgent, HttpsAgent];

  constructor(organizer: string, baseUrl: string, credentials: Credentials) {
    this.#organizer = organizer;
    this.#credentials = credentials;
    this.#baseUrl = baseUrl;
    const options = { keepAlive: true, maxSockets: connectionsMax };
    this.#agents = [new HttpAgent(options), new HttpsAgent(options)];
    this.#http = axios.create({
      httpAgent: this.#agents[0],
      httpsAgent: this.#agents[1],
      maxContentLength: answerMaxBytes,
      maxRedirects: 0,
      responseType: 'text',
      // Axios would pass what is no JSON on as text; here it has to be noticed.
      transformResponse: (text: unknown) => text,
      validateStatus: () => true,
    });
  }

  /**
   * Resolves with an answer of 2xx or of one of `expected`.
   * Rejects with `OrganizerUnavailable` or `OrganizerRejectedCall`, or with the reason of `signal`.
   */
  async call(call: OrganizerCall, expected: readonly number[] = []): Promise<OrganizerAnswer> {
    const { status, data } = await this.#send(call);
    if (status < 300 || expected.includes(status)) return { status, body: this.#parse(call, data) };
    if (status >= 500 || tryAgain.has(status)) throw this.unavailable(call, `it answered ${status}`);
    throw new OrganizerRejectedCall(this.#organizer, call.about, `it answered ${status}${codeIn(data)}`);
  }

  /** Reads an answer by its schema; one of another shape is as good as none. */
  read<S extends TSchema>(call: OrganizerCall, validator: Validator<S>, answer: OrganizerAnswer): Static<S> {
    if (validator.check(answer.body)) return answer.body;
    throw this.unavailable(call, `it answered ${answer.status} with something that does not fit`);
  }

  unavailable(call: OrganizerCall, happened: string): OrganizerUnavailable {
    return new OrganizerUnavailable(this.#organizer, call.about, happened);
  }

  rejected(call: OrganizerCall, happened: string): OrganizerRejectedCall {
    return new OrganizerRejectedCall(this.#organizer, call.about, happened);
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  async #send(call: OrganizerCall): Promise<AxiosResponse<string>> {
    const { method, signal } = call;
    signal?.throwIfAborted();
    const url = new URL(`${this.#baseUrl}${call.path}`);
    const body = call.body === undefined ? '' : JSON.stringify(call.body);
    const headers = {
      ...this.#credentials({ method, path: url.pathname + url.search, body }),
      ...(body !== '' && { 'Content-Type': 'application/json' }),
    };
    // A limit on the whole call: axios' own `timeout` starts anew with each byte that trickles in.
    const deadline = AbortSignal.timeout(organizerTimeoutMs);
    try {
      return await this.#http.request<string>({
        method,
        url: url.href,
        headers,
        ...(body !== '' && { data: body }),
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      });
    } catch (error) {
      // The error of axios holds the request with its credentials: only its code goes on.
      signal?.throwIfAborted();
      if (deadline.aborted) throw this.unavailable(call, `no answer within ${organizerTimeoutMs} ms`);
      throw this.unavailable(call, `the connection failed (${axios.isAxiosError(error) ? error.code : 'unknown'})`);
    }
  }

  #parse(call: OrganizerCall, text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.unavailable(call, 'its answer is not JSON');
    }
  }
}

/** The stable code in a refusal, where there is one that is safe to show. */
function codeIn(text: string): string {
  const code = /"code"\s*:\s*"([A-Za-z_]{1,40})"/.exec(String(text))?.[1];
  return code ? ` ${code}` : '';
}
