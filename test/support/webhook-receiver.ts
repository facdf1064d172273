import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type VerifiedWebhook, verifyWebhook } from '../../lib/webhooks/signature.ts';

export interface Received {
  webhookId: string;
  timestamp: string;
  rawBody: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was sent.
  body: any;
  verified: VerifiedWebhook['outcome'];
  answeredWith: number | 'nothing';
}

/** A real HTTP server that takes webhooks, and can be told to refuse them or never to answer. */
export async function startWebhookReceiver(secrets: readonly string[]) {
  const received: Received[] = [];
  let behaviour: (webhookId: string) => number | 'nothing' = () => 204;

  async function take(request: IncomingMessage): Promise<number | 'nothing'> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const rawBody = Buffer.concat(chunks).toString();
    const webhookId = String(request.headers['webhook-id']);
    const answeredWith = behaviour(webhookId);
    received.push({
      webhookId,
      timestamp: String(request.headers['webhook-timestamp']),
      rawBody,
      body: JSON.parse(rawBody),
      verified: verifyWebhook(secrets, rawBody, request.headers).outcome,
      answeredWith,
    });
    return answeredWith;
  }

  const server = createServer(async (request, response) => {
    const answer = await take(request);
    if (answer !== 'nothing') response.writeHead(answer).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/payments`,
    received,
    of: (bookingId: string) => received.filter(({ body }) => body.bookingId === bookingId),
    /** From now on: the status to answer with, by the delivery's id. */
    answerWith(next: typeof behaviour) {
      behaviour = next;
    },
    /** Cuts the connections of those who wait for an answer. */
    hangUp: () => server.closeAllConnections(),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
