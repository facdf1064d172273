import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../lib/ids.ts';
import { databaseOf } from '../../test/e2e/databases.ts';
import { cancel, joined } from '../../test/e2e/queue-stage.ts';
import { booked, type Person, pay, people, untilStatus } from '../../test/e2e/stage.ts';
import { type LoadResult, makeLoad } from '../load/load.ts';
import { type LatencySummary, latencySummaryOf } from '../load/rounds.ts';
import type { Stage } from '../measure.ts';
import { newSale } from '../sale.ts';
import { type Latencies, latenciesOf, rounded, type Summary, summaryOf } from '../statistics.ts';

const CONNECTIONS = 16;
/** A prime number, so that nobody comes to the same of 20 queues twice, nor to more than ten, in 19,990 joins. */
const JOINERS = 1_999;
const PROMOTION_MS = 30_000;
/** How often client-app's database is looked at: the error of a measured time. */
const LOOK_EVERY_MS = 4;

export interface WaitlistReport {
  queues: number;
  /** At client-app, over all queues. */
  joinsPerSecond: Summary;
  join: LatencySummary;
  /** From the holder's cancel call until client-app has been told of the offer and its invoice, in milliseconds. */
  promotion: LatencySummary & { promotions: number };
}

export async function measureWaitlist(stage: Stage): Promise<WaitlistReport> {
  const joins: LoadResult[] = [];
  const promotions: Latencies[] = [];
  while (promotions.length < stage.rounds) {
    joins.push(await joinRound(stage));
    promotions.push(latenciesOf(await promotionRound(stage)));
    const [join, promotion] = [joins.at(-1), promotions.at(-1)];
    stage.say(
      `  round ${promotions.length}: ${rounded(join?.perSecond ?? 0)} joins a second, promotion p50 ${promotion?.p50} ms`,
    );
  }
  return {
    queues: stage.sizes.queues,
    joinsPerSecond: summaryOf(joins.map(({ perSecond }) => perSecond)),
    join: latencySummaryOf(joins.map(({ latencies }) => latencies)),
    promotion: {
      ...latencySummaryOf(promotions),
      promotions: promotions.reduce((sum, { count }) => sum + count, 0),
    },
  };
}

/** Queues of its own, so that those of all rounds grow from nothing to the same length. */
async function joinRound({ system, sizes }: Stage) {
  const seats = await soldSeats(sizes.queues);
  const joiners = await people(JOINERS);
  const [result] = await makeLoad({
    url: system.urls.clientApp,
    connections: CONNECTIONS,
    seconds: [sizes.warmUpSeconds, sizes.rateSeconds],
    steps: [
      {
        method: 'POST',
        path: '/waitlist-entries',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer <token>',
          'idempotency-key': `join-${newId()}-<n>`,
        },
        body: JSON.stringify({ eventId: seats.eventId, seatId: '<seat>' }),
        expect: { status: 201, body: '"WAITING"' },
      },
    ],
    values: { token: joiners.map(({ token }) => token), seat: seats.sold.map(({ seatId }) => seatId) },
  });
  if (!result) throw new Error('Nobody joined.');
  return result;
}

interface SoldSeat {
  seatId: string;
  holder: Person;
  bookingId: string;
}

/** Each sold to somebody else. */
async function soldSeats(count: number): Promise<{ eventId: string; sold: SoldSeat[] }> {
  const sale = await newSale({ seats: 100, buyers: count });
  const sell = async (holder: Person): Promise<SoldSeat> => {
    const [seatId = ''] = sale.nextSeats();
    const { bookingId, paymentUrl } = await booked(holder, sale.eventId, [seatId]);
    await pay(paymentUrl, 'test_success');
    await untilStatus(holder, bookingId, 'CONFIRMED');
    return { seatId, holder, bookingId };
  };
  return { eventId: sale.eventId, sold: await Promise.all(sale.buyers.map(sell)) };
}

/** One after the other, on an otherwise idle system. Milliseconds. */
async function promotionRound({ sizes }: Stage): Promise<number[]> {
  const { eventId, sold } = await soldSeats(sizes.promotions);
  const waiting = await people(sold.length);
  const bookings = (await databaseOf('client-app')).collection('bookings');
  const took: number[] = [];
  for (const [i, { seatId, holder, bookingId }] of sold.entries()) {
    const next = waiting[i];
    if (!next) break;
    const { entryId } = await joined(next, eventId, seatId);
    const cancelledAt = performance.now();
    const { status, body } = await cancel(holder, bookingId);
    if (status !== 202 && status !== 200) throw new Error(`Cancelling was answered ${status}: ${JSON.stringify(body)}`);
    const offer = { waitlistEntryId: entryId, status: 'AWAITING_PAYMENT' };
    while (!(await bookings.findOne(offer, { projection: { _id: 1 } }))) {
      if (performance.now() - cancelledAt > PROMOTION_MS) throw new Error(`Nobody was promoted to ${seatId}.`);
      await delay(LOOK_EVERY_MS);
    }
    took.push(performance.now() - cancelledAt);
    await payOffer(next, entryId);
  }
  return took;
}

/** So that no offer lapses while something else is measured. */
async function payOffer(buyer: Person, waitlistEntryId: string): Promise<void> {
  const bookings = (await databaseOf('client-app')).collection<{ _id: string; invoice: { paymentUrl: string } }>(
    'bookings',
  );
  const offer = await bookings.findOne({ waitlistEntryId });
  if (!offer) throw new Error(`The offer of ${waitlistEntryId} is gone.`);
  await pay(offer.invoice.paymentUrl, 'test_success');
  await untilStatus(buyer, offer._id, 'CONFIRMED');
}
