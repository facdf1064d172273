import { anEvent, call, type Person, people } from '../../test/e2e/stage.ts';
import { buy, paidOf, type Sale } from '../buyers.ts';
import type { Stage } from '../measure.ts';
import { addPastBookings } from '../past-bookings.ts';
import { aConfirmedBooking, newSale, untilTicket } from '../sale.ts';
import { latenciesOf, rounded } from '../statistics.ts';
import { examinedEach, workOfDatabases } from '../work-of-databases.ts';
import { measureWaiting, type WaitingCost } from './growth-waiting.ts';

/** So few that each has a full page of the list (20) at every size. */
const PAST_BUYERS = 50;

/** Medians in milliseconds, of calls one at a time at client-app, and what one booking makes the databases look at. */
export interface BookingCost {
  pastBookings: number;
  reserveMs: number;
  statusMs: number;
  /** The first page of one's own bookings. */
  listMs: number;
  seatMapMs: number;
  eventListMs: number;
  /** By one booking, paid and confirmed, in all databases; null where the server does not count them. */
  documentsExamined: number | null;
}

export interface GrowthReport {
  events: number;
  bookings: BookingCost[];
  waiting: WaitingCost[];
  /** The largest size's cost by the smallest's: 1 is flat. */
  ratios: Record<string, number>;
}

/**
 * The same calls with more and more that has been before. Past bookings are rows, put into the databases as a real one left
 * them; the queues are joined by people.
 */
export async function measureGrowth(stage: Stage): Promise<GrowthReport> {
  const { pastBookings, events, waiting } = stage.sizes.growth;
  const sale = await newSale(stage.sizes.sale);
  const first = await buy(sale, 1);
  paidOf([first]);
  await untilTicket(first.bookingId);
  const eventIds: string[] = [];
  while (eventIds.length < events) eventIds.push(await anEvent());
  const buyers = await people(PAST_BUYERS);
  // A size before the first, so that all are measured warm.
  await costAt(stage, sale, buyers, 0);
  const bookings: BookingCost[] = [];
  let present = 0;
  for (const size of pastBookings) {
    await addPastBookings({ from: present, to: size, of: sale.eventId, buyers, eventIds });
    present = size;
    bookings.push(await costAt(stage, sale, buyers, size));
    stage.say(`  with ${size} past bookings: reserve p50 ${bookings.at(-1)?.reserveMs} ms`);
  }
  const queues: WaitingCost[] = [];
  for (const size of waiting) {
    queues.push(await measureWaiting(stage, size));
    stage.say(`  with ${size} waiting: join p50 ${queues.at(-1)?.joinMs} ms`);
  }
  return { events, bookings, waiting: queues, ratios: { ...ratiosOf(bookings), ...ratiosOf(queues) } };
}

async function costAt(
  { sizes, system }: Stage,
  sale: Sale,
  buyers: readonly Person[],
  pastBookings: number,
): Promise<BookingCost> {
  const { samples } = sizes.growth;
  const { clientApp } = system.urls;
  const { bookingId, customerId } = await aConfirmedBooking(sale.eventId);
  const owner = sale.buyers.find(({ userId }) => userId === customerId);
  const read = (path: string, token?: string) =>
    medianMs(samples, async () => {
      const { status } = await call(`${clientApp}${path}`, { token });
      if (status !== 200) throw new Error(`${path} answered ${status}.`);
    });
  const before = await workOfDatabases();
  const reserveMs = await reserves(sale, samples, pastBookings);
  const documentsExamined = examinedEach(before, await workOfDatabases(), samples);
  return {
    pastBookings,
    reserveMs,
    statusMs: await read(`/bookings/${bookingId}`, owner?.token),
    listMs: await read('/bookings', buyers[0]?.token),
    seatMapMs: await read(`/events/${sale.eventId}/seats`),
    eventListMs: await read('/events'),
    documentsExamined,
  };
}

/** One at a time, each sold before the next. */
async function reserves(sale: Sale, samples: number, size: number): Promise<number> {
  const took: number[] = [];
  while (took.length < samples) {
    const attempt = await buy({ ...sale, round: `${size}` }, took.length);
    paidOf([attempt]);
    took.push(attempt.ms);
    await untilTicket(attempt.bookingId);
  }
  return latenciesOf(took).p50;
}

export async function medianMs(samples: number, act: () => Promise<void>): Promise<number> {
  const took: number[] = [];
  while (took.length < samples) {
    const startedAt = performance.now();
    await act();
    took.push(performance.now() - startedAt);
  }
  return latenciesOf(took).p50;
}

/** Of each figure but the first, which is the size. */
function ratiosOf(costs: ReadonlyArray<BookingCost | WaitingCost>): Record<string, number> {
  const [least, most] = [costs.at(0), costs.at(-1)].map((cost) => Object.entries(cost ?? {}).slice(1));
  const pairs = (most ?? []).map(([name, value], i) => [name, value, least?.[i]?.[1]] as const);
  return Object.fromEntries(
    pairs.flatMap(([name, large, small]) =>
      typeof large === 'number' && typeof small === 'number' ? [[name, rounded(large / small)]] : [],
    ),
  );
}
