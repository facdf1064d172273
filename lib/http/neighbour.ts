import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import axios, { AxiosError, type AxiosInstance, type AxiosResponse, getAdapter } from 'axios';
import { tracedCall } from '../tracing/http.ts';
import { CalleeAway, createCircuit } from './circuit.ts';

/** Nobody knows whether the call took effect: repeat it (each is idempotent), or answer 503 or 202, never "failed". */
export class NeighbourUnavailable extends Error {
  constructor(neighbour: string, call: string, what: string) {
    super(`${neighbour} did not answer ${call}: ${what}`);
    this.name = 'NeighbourUnavailable';
  }
}

export interface NeighbourOptions {
  /** For messages, e.g. `payment-app`. */
  name: string;
  baseUrl: string;
  timeoutMs: number;
  /** Sent as a bearer token. */
  secret?: string;
}

export interface NeighbourCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Ids in it are encoded by the caller. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

export type Neighbour = (call: NeighbourCall) => Promise<AxiosResponse<unknown>>;

/** Nobody is there. A call that takes too long, or was given up, says little: probes tell whether a neighbour hangs. */
const networkFaults = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** A service answers this from memory, also under load. */
const probeMs = 700;

/** The code of the error when a neighbour is known to be away: nothing was sent. */
export const notSentCode = 'ERR_NOT_SENT';

/**
 * Kept-alive connections to another service, behind a circuit breaker. Every status is an answer; nothing is followed
 * elsewhere, no proxy is used. Rejects with an `AxiosError`.
 */
export function connectionsTo({ name, baseUrl, timeoutMs, secret }: NeighbourOptions): AxiosInstance {
  const send = getAdapter('http');
  const probing = axios.create({ timeout: probeMs, proxy: false, validateStatus: () => true });
  const circuit = createCircuit({
    callee: name,
    probe: () => probing.get(new URL('/healthz', baseUrl).href),
    isOutage: (error) => axios.isAxiosError(error) && networkFaults.has(error.code ?? ''),
  });
  return axios.create({
    baseURL: baseUrl,
    timeout: timeoutMs,
    async adapter(config) {
      try {
        return await circuit.execute((signal) => {
          const given = config.signal as AbortSignal | undefined;
          const either = given ? AbortSignal.any([given, signal]) : signal;
          return tracedCall(name, config, () => send({ ...config, signal: either }));
        });
      } catch (error) {
        if (!(error instanceof CalleeAway)) throw error;
        throw new AxiosError(error.message, error.wasSent ? AxiosError.ETIMEDOUT : notSentCode, config);
      }
    },
    httpAgent: new Agent({ keepAlive: true, maxSockets: 256 }),
    httpsAgent: new SecureAgent({ keepAlive: true, maxSockets: 256 }),
    maxRedirects: 0,
    proxy: false,
    validateStatus: () => true,
    ...(secret && { headers: { Authorization: `Bearer ${secret}` } }),
  });
}

/**
 * A caller of another service. Resolves with every answer that arrived whole, whatever its status, body not yet trusted:
 * parse it. Rejects with `NeighbourUnavailable` on time-outs, cut connections and 5xx; its message holds no headers, bodies or secrets.
 */
export function neighbour(options: NeighbourOptions): Neighbour {
  const { name } = options;
  const http = connectionsTo(options);
  return async ({ method, path, body, headers, signal }) => {
    const call = `${method} ${path}`;
    try {
      const answer = await http.request({
        method,
        url: path,
        ...(body !== undefined && { data: body }),
        ...(headers && { headers }),
        ...(signal && { signal }),
      });
      if (answer.status >= 500) throw new NeighbourUnavailable(name, call, `status ${answer.status}`);
      return answer;
    } catch (error) {
      if (error instanceof NeighbourUnavailable || !axios.isAxiosError(error)) throw error;
      throw new NeighbourUnavailable(name, call, error.code ?? error.message);
    }
  };
}
