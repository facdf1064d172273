import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, booked, invoiceOf, pay, people, person, untilStatus } from './stage.ts';

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
const rules = read('operations/prometheus/alerts.yml');
const dashboard = JSON.parse(read('operations/grafana/kursi.json')) as {
  panels: { title: string; targets?: { expr: string }[] }[];
};

/** Prometheus makes it itself, of every target that it scrapes. */
const byPrometheus = ['up'];
/** Words of PromQL that are no metrics, beside functions (which are followed by a parenthesis). */
const words = new Set(['by', 'or', 'and', 'on', 'without', 'unless', 'le']);

/** The names of metrics in a query: what is left without its strings, labels, functions and numbers. */
function metricsIn(query: string): string[] {
  const bare = query
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(by|without|on)\s*\([^)]*\)/g, '');
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)].map(([name]) => name).filter((name) => !words.has(name));
}

/** The expression of each alert, by its name: one line, or a folded block. */
function alertsIn(yaml: string): Map<string, string> {
  const found = yaml.matchAll(/- alert: (\w+)\n +expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/g);
  return new Map([...found].map(([, name = '', block, line]) => [name, block ?? line ?? '']));
}

const processes = () => {
  const { urls, ports } = system();
  const { clientApp, ticketApp, paymentApp, organizerX, organizerY } = urls;
  return {
    clientApp,
    ticketApp,
    paymentApp,
    organizerX,
    organizerY,
    worker: `http://127.0.0.1:${ports['ticketing-worker']}`,
  };
};

const scrape = async (process: keyof ReturnType<typeof processes>): Promise<string> =>
  (await fetch(`${processes()[process]}/metrics`)).text();

/** What a process tells of one series; undefined if it does not tell of it. */
function sampleOf(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name}{`) && wanted.every((label) => candidate.includes(label)));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

/** Names of samples as they are, and of histograms without their endings. */
const namesIn = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name === undefined) return [];
    return type === 'histogram' ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
  });

describe('the metrics', function () {
  this.timeout(60_000);
  let soldBefore = 0;

  before(async () => {
    soldBefore = sampleOf(await scrape('worker'), 'kursi_seats_sold_total') ?? 0;
    const buyer = await person();
    const booking = await booked(buyer, await anEvent(), ['A-1-1', 'A-1-2']);
    await pay(booking.paymentUrl, 'test_decline');
    await waitUntil('the decline', async () => {
      const { attempts } = await invoiceOf(booking.bookingId);
      return attempts[0]?.outcome === 'declined';
    });
    await pay(booking.paymentUrl, 'test_success');
    await untilStatus(buyer, booking.bookingId, 'CONFIRMED');
  });
  after(closeDatabases);

  it('exist, each one that a query of the dashboard or of an alert asks for', async () => {
    const known = new Set(byPrometheus);
    for (const process of Object.keys(processes()) as (keyof ReturnType<typeof processes>)[]) {
      for (const name of namesIn(await scrape(process))) known.add(name);
    }
    const alerts = alertsIn(rules);
    expect(alerts.size).to.equal(rules.match(/- alert:/g)?.length);
    const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => [title, expr] as const),
    );
    const queries = [...alerts, ...panels];
    expect(queries).to.have.length.above(30);
    const missing = queries.flatMap(([from, query]) => {
      const names = metricsIn(query);
      expect(names, `${from}: ${query}`).to.not.be.empty;
      return names.filter((name) => !known.has(name)).map((name) => `${from}: ${name}`);
    });
    expect(missing).to.deep.equal([]);
  });

  it('count what is sold, what is paid and what organizers answer', async () => {
    const worker = await waitUntil('the sale to be counted', async () => {
      const text = await scrape('worker');
      const confirmed = sampleOf(text, 'kursi_bookings_ended_total', { status: 'CONFIRMED', reason: 'paid' });
      return (sampleOf(text, 'kursi_seats_sold_total') ?? 0) >= soldBefore + 2 && confirmed !== undefined && text;
    });
    expect(
      sampleOf(worker, 'kursi_step_duration_seconds_count', { step: 'confirmSeats', outcome: 'done' }),
    ).to.be.at.least(1);
    expect(
      sampleOf(worker, 'kursi_organizer_call_duration_seconds_count', {
        organizer: 'x',
        call: 'hold',
        outcome: 'held',
      }),
    ).to.be.at.least(1);
    const payments = await scrape('paymentApp');
    expect(sampleOf(payments, 'payment_attempts_total', { outcome: 'paid' })).to.be.at.least(1);
    expect(sampleOf(payments, 'payment_attempts_total', { outcome: 'declined' })).to.be.at.least(1);
    expect(sampleOf(payments, 'kursi_outbox_items', { outbox: 'deliveries' })).to.be.at.least(0);
    const ticketing = await scrape('ticketApp');
    expect(
      sampleOf(ticketing, 'kursi_temporal_call_duration_seconds_count', {
        call: 'update_with_start reserve',
        outcome: 'answered',
      }),
    ).to.be.at.least(1);
  });

  it('tell how many bookings are open, and how old the oldest is', async () => {
    const open = async () =>
      sampleOf(await scrape('ticketApp'), 'kursi_open_items', { kind: 'awaiting_payment' }) ?? Number.NaN;
    const before_ = await open();
    const buyer = await person();
    await booked(buyer, await anEvent(), ['A-1-1']);
    await waitUntil('one more to be open', async () => (await open()) === before_ + 1);
    const age = sampleOf(await scrape('ticketApp'), 'kursi_open_oldest_age_seconds', { kind: 'awaiting_payment' });
    expect(age).to.be.above(0);
  });

  it('have no series of their own for each booking, event or person', async () => {
    const lines = async () => {
      const all = Object.keys(processes()) as (keyof ReturnType<typeof processes>)[];
      const texts = await Promise.all(all.map(scrape));
      return texts.join('\n');
    };
    const [one] = await people(1);
    const eventId = await anEvent();
    if (!one) throw new Error('No account was made.');
    const { bookingId } = await booked(one, eventId, ['A-1-1']);
    const text = await lines();
    for (const id of [bookingId, eventId, one.userId, 'Sri Wahyuni']) expect(text.includes(id), id).to.equal(false);
  });
});
