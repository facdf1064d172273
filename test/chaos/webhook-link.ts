// The way of webhooks from one process to another, on which they are lost, doubled, delayed and reordered.
import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Count } from './counts.ts';

/**
 * What becomes of a webhook: `lose` it, or the `answer` to it; `double` it; `delay` it; `reorder`: let the next one overtake
 * it.
 */
export const webhookFaults = ['lose', 'lose the answer', 'double', 'delay', 'reorder'] as const;
export type WebhookFault = (typeof webhookFaults)[number];

interface Webhook {
  path: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

interface Answer {
  status: number;
  body: Buffer;
}

/** Longer than a sender waits (5 s, 10 s): nobody hears what comes after it. */
const forwardMs = 20_000;
/** Whoever is to be overtaken goes on after this long, if nobody comes. */
const overtakenMs = 2_000;
const passedOn = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

export class WebhookLink {
  readonly #target: string;
  readonly #count: Count;
  readonly #server: http.Server;
  #fault: { what: WebhookFault; ms: number } | undefined;
  #overtake: () => void = () => {};
  /** The last one that passed, for whoever wants to forge another one. */
  last: Webhook | undefined;

  /** `target`: the origin of the receiver. */
  constructor(target: string, count: Count) {
    this.#target = target;
    this.#count = count;
    this.#server = http.createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as net.AddressInfo).port;
  }

  /** Until it heals, every webhook meets this; `ms` is how long a delay is. */
  inflict(what: WebhookFault, ms: number): void {
    this.#fault = { what, ms };
  }

  heal(): void {
    this.#fault = undefined;
    this.#overtake();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Sends one to the receiver. @throws when there is no answer. */
  async send({ path, headers, body }: Webhook): Promise<Answer> {
    const kept = Object.entries(headers).filter(([name]) => passedOn.includes(name)) as Array<[string, string]>;
    const answer = await fetch(`${this.#target}${path}`, {
      method: 'POST',
      headers: Object.fromEntries(kept),
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(forwardMs),
    });
    return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
  }

  async #pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const webhook = { path: request.url ?? '/', headers: request.headers, body: Buffer.concat(chunks) };
    this.last = webhook;
    const fault = this.#fault;
    if (fault) this.#count(`webhooks: ${fault.what}`);
    const answer = await this.#answerOf(webhook, fault);
    if (answer === undefined) response.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }

  /** Undefined: the sender hears nothing. */
  async #answerOf(webhook: Webhook, fault: { what: WebhookFault; ms: number } | undefined) {
    switch (fault?.what) {
      case 'lose':
        return undefined;
      case 'lose the answer':
        await this.send(webhook);
        return undefined;
      case 'double': {
        const [first] = await Promise.all([this.send(webhook), this.send(webhook)]);
        return first;
      }
      case 'delay':
        await delay(fault.ms);
        return this.send(webhook);
      case 'reorder': {
        this.#overtake();
        await Promise.race([delay(overtakenMs), new Promise<void>((resolve) => (this.#overtake = resolve))]);
        // Whoever overtakes has a head start.
        await delay(fault.ms / 10);
        return this.send(webhook);
      }
      case undefined:
        this.#overtake();
        return this.send(webhook);
    }
  }
}
