import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import type { Booking } from '../../services/client-app/models/booking.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { actionsOf, type RecordedEvent } from '../replay/actions.ts';
import { waitUntil } from '../wait-until.ts';
import { commandsBetween, type EngineName, type Metered, memoryMb, openMeter, requestsBetween } from './cost-meter.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { anEvent, book, type Person, pay, people } from './stage.ts';
import { closeTemporal, temporal } from './temporal-stage.ts';

/** Commands that are counted over so many bookings: what a sweep or a poller does meanwhile is little beside it. */
const count = 20;
/** The first ones open connections, fill caches and compile. */
const warmUp = 3;

/**
 * What one booking of one seat, paid and confirmed, may send to each database. Counted on 2026-11-21: 10, 18, 6 and 3 writes
 * (docs/scaling.md), so that one write more in each booking is found; and 6, 20, 6 and 2 reads, of which a few more are left
 * to pollers, which look more often when they are woken.
 */
const commandsPerBooking: Record<EngineName, { writes: number; reads: number }> = {
  client: { writes: 10.9, reads: 9 },
  ticket: { writes: 18.9, reads: 25 },
  payment: { writes: 6.9, reads: 8 },
  organizers: { writes: 3.9, reads: 4 },
};

/** The requests of it, service by service, all of them: one more is a call that was not there. */
const requestsPerBooking = {
  clientApp: { 'POST /bookings': 1, 'POST /webhooks/ticketing': 1 },
  ticketApp: { 'POST /bookings': 1, 'POST /webhooks/payments': 1, 'GET /bookings/:bookingId/ticket.pdf': 1 },
  paymentApp: { 'POST /invoices': 1, 'POST /payments/:token': 1 },
  organizerX: { 'POST /api/v1/holds': 1 },
  organizerY: {},
};

/** Asked by pollers about what other tests have left on this system; about the bookings of this one it is told apart below. */
const askedByPollers = ['GET /bookings/:bookingId', 'GET /waitlist-entries/:entryId'];

/**
 * Resident memory in MB; seen on two cores: worker 330, then 440, the others 110 to 165, then 120 to 220. The worker keeps a
 * workflow sandbox and the fonts of tickets. Node keeps what it once had, so that growth levels off: what `load` bookings
 * may add is garbage that is not collected yet, and a MB kept of each of them would be seen as a leak.
 */
const mostMb = (name: string) =>
  name === 'worker' ? { idle: 450, loaded: 600, growth: 150 } : { idle: 260, loaded: 340, growth: 100 };
const load = 100;

describe('the cost of a happy booking', function () {
  this.timeout(240_000);
  let eventId: string;
  let buyers: Person[];
  let meter: Awaited<ReturnType<typeof openMeter>>;

  before(async () => {
    const seats = 300;
    meter = await openMeter();
    eventId = await anEvent({ seats });
    buyers = await people(seats);
  });
  after(async () => {
    await meter.close();
    await closeTemporal();
    await closeDatabases();
  });

  let next = 0;
  /** Nobody asks how it stands: what is counted is what the booking itself costs. */
  async function sell(): Promise<string> {
    const index = next;
    next += 1;
    const { status, body } = await book(buyers[index]!, eventId, [`A-1-${index + 1}`]);
    if (status !== 201 || !body.bookingId || !body.paymentUrl) throw new Error(`${status}: ${JSON.stringify(body)}`);
    await pay(body.paymentUrl, 'test_success');
    await temporal().workflow.getHandle(bookingWorkflowId(body.bookingId)).result();
    return body.bookingId;
  }
  const sellMany = async (many: number): Promise<string[]> => {
    const bookingIds: string[] = [];
    for (let i = 0; i < many; i += 1) bookingIds.push(await sell());
    return bookingIds;
  };

  it('is at most 36 history events and 5 workflow tasks, and 3 activities', async () => {
    const { events } = await temporal()
      .workflow.getHandle(bookingWorkflowId(await sell()))
      .fetchHistory();
    const kinds = (events ?? []).map((event) => Object.keys(event).find((key) => key.endsWith('EventAttributes')));
    const of = (kind: string) => kinds.filter((one) => one === `${kind}EventAttributes`).length;
    const [tasks, activities] = [of('workflowTaskCompleted'), of('activityTaskScheduled')];
    console.log(`      ${kinds.length} history events, ${tasks} workflow tasks, ${activities} activities`);
    expect(kinds.length).to.be.at.most(36);
    expect(tasks).to.be.at.most(5);
    expect(activities).to.equal(3);
  });

  it('is at most 11 Temporal actions', async () => {
    const { events } = await temporal()
      .workflow.getHandle(bookingWorkflowId(await sell()))
      .fetchHistory();
    const recorded = JSON.parse(historyToJSON({ events: events ?? [] })) as { events: RecordedEvent[] };
    const actions = actionsOf(recorded.events);
    expect(
      Object.values(actions).reduce((sum, one) => sum + one, 0),
      JSON.stringify(actions),
    ).to.be.at.most(11);
  });

  describe('in databases and between services', () => {
    let idle: [Metered, Metered];
    let sold: [Metered, Metered];
    let soldIds: string[];

    before(async () => {
      await sellMany(warmUp);
      const first = await meter.read();
      // What pollers ask while nobody buys: long enough for each of them to come by more than once.
      await waitUntil('a stretch of rest', async () => Date.now() - first.at > 5_000);
      idle = [first, await meter.read()];
      const begin = await meter.read();
      soldIds = await sellMany(count);
      sold = [begin, await meter.read()];
    });

    for (const [name, most] of Object.entries(commandsPerBooking)) {
      it(`is at most ${most.writes} writes and ${most.reads} reads of the database of ${name}`, () => {
        const [quiet, busy] = [commandsBetween(...idle), commandsBetween(...sold)].map(
          (all) => all[name as EngineName],
        );
        const share = (sold[1].at - sold[0].at) / (idle[1].at - idle[0].at);
        const each = (kind: 'reads' | 'writes') => ((busy?.[kind] ?? 0) - (quiet?.[kind] ?? 0) * share) / count;
        console.log(`      ${name}: ${each('writes').toFixed(2)} writes, ${each('reads').toFixed(2)} reads`);
        expect(each('writes')).to.be.at.least(1).and.at.most(most.writes);
        expect(each('reads')).to.be.at.most(most.reads);
      });
    }

    it('is exactly these requests', () => {
      const expected = Object.entries(requestsPerBooking).map(([service, routes]) => {
        const counts = Object.entries(routes).map(([route, each]) => [route, each * count]);
        return [service, Object.fromEntries(counts)];
      });
      const answered = requestsBetween(...sold);
      for (const routes of Object.values(answered)) for (const route of askedByPollers) delete routes[route];
      expect(answered).to.deep.equal(Object.fromEntries(expected));
    });

    it('has nobody ask about a sold booking for a day', async () => {
      const bookings = (await databaseOf('client-app')).collection<Booking>('bookings');
      const found = await bookings.find({ _id: { $in: soldIds } }).toArray();
      expect(found).to.have.length(count);
      const tomorrow = Date.now() + 24 * 3_600_000;
      for (const { check } of found) expect(check?.nextAttemptAt?.getTime()).to.be.greaterThan(tomorrow);
    });
  });

  it(`keeps every process within its memory, idle and after ${load} bookings`, async () => {
    await sellMany(warmUp);
    const begin = await memoryMb();
    const atOnce = 4;
    await Promise.all(Array.from({ length: atOnce }, () => sellMany(load / atOnce)));
    const end = await memoryMb();
    console.log(`      MB before and after: ${JSON.stringify(begin)} ${JSON.stringify(end)}`);
    for (const [name, mb] of Object.entries(end)) {
      expect(begin[name], `${name}, idle`).to.be.at.most(mostMb(name).idle);
      expect(mb, `${name}, loaded`).to.be.at.most(mostMb(name).loaded);
      expect(mb - (begin[name] ?? 0), `${name}, grown`).to.be.at.most(mostMb(name).growth);
    }
  });
});
