import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';

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

/** Kept-alive connections to another service. Every status is an answer; nothing is followed elsewhere, no proxy is used. */
export function connectionsTo({ baseUrl, timeoutMs, secret }: Omit<NeighbourOptions, 'name'>): AxiosInstance {
  return axios.create({
    baseURL: baseUrl,
    timeout: timeoutMs,
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
export function neighbour({ name, ...options }: NeighbourOptions): Neighbour {
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
