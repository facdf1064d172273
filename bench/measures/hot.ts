import { newId } from '../../lib/ids.ts';
import { booked, pay, people, person, untilStatus } from '../../test/e2e/stage.ts';
import type { Step } from '../load/load.ts';
import { measureRate, type RateReport } from '../load/rounds.ts';
import type { Stage } from '../measure.ts';
import { newSale } from '../sale.ts';

/** As many as the peer is asked by, and few, where nobody waits in line. */
export const HOT_CONNECTIONS = 64;
const FEW_CONNECTIONS = 8;
const PEOPLE = 2_000;
const REFUSED = { status: 409, body: '"seat_taken"' };

/** Refusals of a seat that is sold, each told to somebody else. Any other answer ends the measure. */
export interface HotReport {
  /** By client-app's service secret: the refusal alone. */
  ticketApp: RateReport;
  ticketAppFew: RateReport;
  /** By buyers: with their sign-in, limits, and a booking in each one's history. */
  clientApp: RateReport;
  clientAppFew: RateReport;
}

export async function measureHot(stage: Stage): Promise<HotReport> {
  const { urls, env } = stage.system;
  const { eventId } = await newSale({ seats: 100, buyers: 1 });
  const seatIds = ['B-1-1'];
  const winner = await person();
  const { paymentUrl, bookingId } = await booked(winner, eventId, seatIds);
  await pay(paymentUrl, 'test_success');
  await untilStatus(winner, bookingId, 'CONFIRMED');

  const all = await people(PEOPLE);
  const values = { token: all.map(({ token }) => token), customer: all.map(({ userId }) => userId) };
  const json = { 'content-type': 'application/json' };
  const startBefore = new Date(Date.now() + 3_600_000).toISOString();
  const atTicketApp: Step = {
    method: 'POST',
    path: '/bookings',
    headers: { ...json, authorization: `Bearer ${env.TICKET_APP_SERVICE_SECRETS?.split(',')[0]}` },
    body: JSON.stringify({
      bookingId: '<id>',
      customerId: '<customer>',
      customerName: 'Sri Wahyuni',
      eventId,
      seatIds,
      startBefore,
    }),
    expect: REFUSED,
  };
  const atClientApp: Step = {
    method: 'POST',
    path: '/bookings',
    headers: { ...json, authorization: 'Bearer <token>', 'idempotency-key': `hot-${newId()}-<id>` },
    body: JSON.stringify({ eventId, seatIds }),
    expect: REFUSED,
  };
  const measure = async (what: string, url: string, step: Step, connections: number) => {
    const report = await measureRate(stage, { url, steps: [step], values, connections });
    const { perSecond, latencies } = report;
    stage.say(`  ${what}, ${connections} at once: ${perSecond.median} a second, p99 ${latencies.p99.median} ms`);
    return report;
  };
  return {
    ticketApp: await measure('ticket-app', urls.ticketApp, atTicketApp, HOT_CONNECTIONS),
    ticketAppFew: await measure('ticket-app', urls.ticketApp, atTicketApp, FEW_CONNECTIONS),
    clientApp: await measure('client-app', urls.clientApp, atClientApp, HOT_CONNECTIONS),
    clientAppFew: await measure('client-app', urls.clientApp, atClientApp, FEW_CONNECTIONS),
  };
}
