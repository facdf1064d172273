import { buy, paidOf } from '../buyers.ts';
import type { Step } from '../load/load.ts';
import { measureRate, type RateReport } from '../load/rounds.ts';
import type { Stage } from '../measure.ts';
import { newSale, untilTicket } from '../sale.ts';

const CONNECTIONS = 32;
/** What browsers send. */
const ACCEPT_ENCODING = { 'accept-encoding': 'gzip, br' };

/** At client-app's door, as buyers read. */
export interface ReadReport {
  hallSeats: number;
  /** The whole map, compressed. */
  seatMap: RateReport;
  /** The map by those who have it already: 304. */
  seatMapUnchanged: RateReport;
  bookingStatus: RateReport;
}

export async function measureRead(stage: Stage): Promise<ReadReport> {
  const { hallSeats } = stage.sizes;
  const { clientApp: url } = stage.system.urls;
  const sale = await newSale({ seats: hallSeats, buyers: 1 });
  const attempt = await buy(sale, 1);
  paidOf([attempt]);
  await untilTicket(attempt.bookingId);
  const path = `/events/${sale.eventId}/seats`;
  const etag = (await fetch(`${url}${path}`)).headers.get('etag');
  if (!etag) throw new Error('The map has no ETag.');
  const buyer = sale.buyers[0];
  const measure = async (what: string, step: Step) => {
    const report = await measureRate(stage, { url, connections: CONNECTIONS, steps: [step] });
    stage.say(`  ${what}: ${report.perSecond.median} a second, p99 ${report.latencies.p99.median} ms`);
    return report;
  };
  return {
    hallSeats,
    seatMap: await measure('seat map', { path, headers: ACCEPT_ENCODING, expect: { status: 200 } }),
    seatMapUnchanged: await measure('seat map, unchanged', {
      path,
      headers: { ...ACCEPT_ENCODING, 'if-none-match': etag },
      expect: { status: 304 },
    }),
    bookingStatus: await measure('booking', {
      path: `/bookings/${attempt.bookingId}`,
      headers: { authorization: `Bearer ${buyer?.token}` },
      expect: { status: 200, body: '"CONFIRMED"' },
    }),
  };
}
