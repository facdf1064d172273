import { type ChildProcess, spawn } from 'node:child_process';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { PortName } from '../../scripts/system/ports.ts';
import { SERVICES } from '../../scripts/system/services.ts';
import { system } from '../engines.ts';
import { type CollectedSpan, startSpanCollector } from '../support/span-collector.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, booked, type Person, pay, person, untilStatus } from './stage.ts';

const traced: readonly PortName[] = ['client-app', 'ticket-app', 'payment-app', 'ticketing-worker'];

/** The same processes in the same places, but that a collector is named to them; what they log is kept. */
function startTraced(name: PortName, endpoint: string, log: (text: string) => void): ChildProcess {
  const service = SERVICES.find((candidate) => candidate.name === name);
  if (!service) throw new Error(`There is no process ${name}.`);
  const child = spawn(process.execPath, ['--import=tsx', service.entry, ...service.args], {
    env: {
      ...system().env,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      LOG_LEVEL: 'debug',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout?.on('data', (chunk) => log(String(chunk)));
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

const untilReady = (name: PortName) =>
  waitUntil(
    `${name} to be ready`,
    async () => (await fetch(`http://127.0.0.1:${system().ports[name]}/readyz`).catch(() => undefined))?.ok,
    90_000,
  );

describe('tracing, with a collector', function () {
  this.timeout(180_000);
  let collector: Awaited<ReturnType<typeof startSpanCollector>>;
  const children: ChildProcess[] = [];
  let logged = '';
  let buyer: Person;
  let paymentUrl = '';
  let ofBooking: CollectedSpan[] = [];

  before(async () => {
    collector = await startSpanCollector();
    buyer = await person();
    const eventId = await anEvent();
    for (const name of traced) await system().kill(name);
    for (const name of traced) {
      children.push(
        startTraced(name, collector.url, (text) => {
          logged += text;
        }),
      );
    }
    await Promise.all(traced.map(untilReady));
    const booking = await booked(buyer, eventId, ['A-1-1']);
    paymentUrl = booking.paymentUrl;
    await pay(paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
    const first = () => collector.spans().find(({ name }) => name === 'POST /bookings');
    await waitUntil('the end of the booking to be told', async () => {
      const traceId = first()?.traceId;
      ofBooking = collector.spans().filter((span) => span.traceId === traceId);
      const names = new Set(ofBooking.map(({ name }) => name));
      return names.has('RunWorkflow:booking') && names.has('POST /webhooks/ticketing');
    });
  });
  after(async () => {
    await Promise.all(children.map(ended));
    // Together: client-app is ready only when ticket-app is.
    await Promise.all(traced.map((name) => system().restart(name)));
    await collector.close();
    await closeDatabases();
  });

  it('shows a booking as one trace, from the buyer’s call through the workflow to the neighbours', () => {
    const told = ofBooking.map(({ service, name }) => `${service} ${name}`);
    expect(told).to.include.members([
      'client-app POST /bookings',
      'client-app POST ticket-app',
      'ticket-app POST /bookings',
      'ticket-app UpdateWithStartWorkflow:reserve',
      'ticketing-worker RunWorkflow:booking',
      'ticketing-worker RunActivity:beginBooking',
      'ticketing-worker RunActivity:holdAtOrganizer',
      'ticketing-worker RunActivity:createInvoice',
      'ticketing-worker POST payment-app',
      'payment-app POST /invoices',
      'ticketing-worker RunActivity:issueTicket',
    ]);
  });

  it('hangs every span of it on another one of it, but the first', () => {
    const ids = new Set(ofBooking.map(({ spanId }) => spanId));
    const loose = ofBooking.filter(({ parentSpanId }) => !parentSpanId || !ids.has(parentSpanId));
    expect(loose.map(({ service, name }) => `${service} ${name}`)).to.deep.equal(['client-app POST /bookings']);
  });

  it('names the trace in the logs', () => {
    const traceId = ofBooking[0]?.traceId;
    const lines = logged.split('\n').filter((line) => line.includes(`"traceId":"${traceId}"`));
    const names = new Set(lines.map((line) => (JSON.parse(line) as { name: string }).name));
    expect([...names]).to.include.members(['client-app', 'ticket-app', 'payment-app']);
  });

  it('tells the collector no name, no address, no token and no path', () => {
    const text = collector.text();
    const token = paymentUrl.split('/').at(-1) ?? '';
    const secrets = [
      token,
      buyer.token,
      'Sri Wahyuni',
      '@example.com',
      String(system().env.TICKET_APP_SERVICE_SECRETS),
      '/pay/',
      '?',
    ];
    for (const secret of secrets) expect(text.includes(secret), secret).to.equal(false);
  });
});
