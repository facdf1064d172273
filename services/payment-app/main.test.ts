import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { paymentClient, paymentDatabase, serviceSecret, webhookSecret } from '../../test/support/payment-app.ts';
import { startWebhookReceiver } from '../../test/support/webhook-receiver.ts';
import { waitUntil } from '../../test/wait-until.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe('the process of the payment app', function () {
  // Each test starts a process, which compiles itself first.
  this.timeout(60_000);
  let receiver: Awaited<ReturnType<typeof startWebhookReceiver>>;
  let mongodbUri: string;
  let port: number;
  const children: ChildProcess[] = [];

  before(async () => {
    receiver = await startWebhookReceiver([webhookSecret]);
    mongodbUri = await paymentDatabase('process');
    port = await freePort();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    }
  });
  after(() => receiver?.close());

  function start(changes: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn(process.execPath, ['--import=tsx', 'services/payment-app/main.ts'], {
      env: {
        ...process.env,
        LOG_LEVEL: 'warn',
        PAYMENT_APP_PORT: String(port),
        PAYMENT_APP_MONGODB_URI: mongodbUri,
        PAYMENT_APP_PUBLIC_URL: `http://127.0.0.1:${port}`,
        PAYMENT_APP_SERVICE_SECRETS: serviceSecret,
        WEBHOOK_URL: receiver.url,
        PAYMENT_WEBHOOK_SECRETS: webhookSecret,
        ...changes,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    return child;
  }

  const readiness = async () => {
    try {
      return await axios.get(`http://127.0.0.1:${port}/readyz`, { validateStatus: () => true });
    } catch {
      // It does not listen yet.
      return undefined;
    }
  };
  const ready = () => waitUntil('the payment app to be ready', async () => (await readiness())?.status === 200);

  async function killed(child: ChildProcess): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('killed with -9 during a try, settles it within 3 s of its restart, and tells it under one id', async () => {
    const client = paymentClient(`http://127.0.0.1:${port}`);
    let child = start();
    await ready();
    const invoice = await client.create();
    const { data: started } = await client.pay(invoice, 'test_slow_success', { delayMs: 600 });
    expect(started.status).to.equal('PROCESSING');
    await killed(child);
    child = start();
    await ready();
    const readyAt = Date.now();
    const paid = await client.becomes(invoice.bookingId, 'PAID');
    expect(Date.now() - readyAt).to.be.below(3_000);
    expect(paid.attempts.map(({ attemptId }) => attemptId)).to.eql([started.attemptId]);
    await waitUntil('the webhook', async () => receiver.of(invoice.bookingId).length > 0);
    expect(new Set(receiver.of(invoice.bookingId).map(({ webhookId }) => webhookId)).size).to.equal(1);
  });

  it('killed with -9 between settling and telling, tells it after its restart, under the same id', async () => {
    const client = paymentClient(`http://127.0.0.1:${port}`);
    receiver.answerWith(() => 'nothing');
    const child = start({ PAYMENT_PROCESSING_MS: '0' });
    await ready();
    const invoice = await client.create();
    await client.pay(invoice, 'test_success');
    await waitUntil('the webhook to be under way', async () => receiver.of(invoice.bookingId).length > 0);
    await killed(child);
    receiver.answerWith(() => 204);
    start();
    await ready();
    await waitUntil('the webhook to be told again', async () =>
      receiver.of(invoice.bookingId).some(({ answeredWith }) => answeredWith === 204),
    );
    expect(new Set(receiver.of(invoice.bookingId).map(({ webhookId }) => webhookId)).size).to.equal(1);
    expect((await client.invoiceOf(invoice.bookingId)).attempts).to.have.length(1);
  });

  it('ends by itself on SIGTERM', async () => {
    const child = start();
    await ready();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).to.eql([0, null]);
  });

  it('listens without its database, says what it waits for, and answers 503 until it is there', async () => {
    const nowhere = `mongodb://127.0.0.1:${await freePort()}/nowhere?directConnection=true`;
    start({ PAYMENT_APP_MONGODB_URI: nowhere });
    const answer = await waitUntil('it to listen', readiness);
    expect([answer.status, answer.data.ready, Object.keys(answer.data.dependencies)]).to.eql([503, false, ['mongodb']]);
    const client = paymentClient(`http://127.0.0.1:${port}`);
    const { status, data } = await client.http.get('/bookings/b1/invoice');
    expect([status, data.code]).to.eql([503, 'database_unavailable']);
    const page = await client.http.get('/pay/token');
    expect([page.status, page.headers['content-type']]).to.eql([503, 'text/html; charset=utf-8']);
  });

  it('refuses to start without its configuration, and names what is missing', async () => {
    const child = start({ WEBHOOK_URL: '' });
    let said = '';
    child.stderr?.on('data', (text) => {
      said += text;
    });
    const [code] = await once(child, 'exit');
    expect(code).to.equal(1);
    expect(said).to.contain('WEBHOOK_URL').and.not.to.contain('    at ');
  });
});
