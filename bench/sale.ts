import type { OrganizerCode } from '../lib/contracts/event.ts';
import { databaseOf } from '../test/e2e/databases.ts';
import { anEvent, call, people, theAdmin } from '../test/e2e/stage.ts';
import { system } from '../test/engines.ts';
import { seatsCsv } from '../test/factories/seats.ts';
import { waitUntil } from '../test/wait-until.ts';
import { closedLoop, paidOf, type Sale } from './buyers.ts';
import type { Stage } from './measure.ts';

const SEATS_IN_A_ROW = 100;

interface SaleWish {
  /** Default: more than are sold in a round. */
  seats?: number;
  buyers?: number;
  /** Seats of one order, side by side. */
  seatsPerOrder?: number;
  /** Default: x. */
  organizer?: OrganizerCode;
}

/** An event of its own, on sale, so that nothing of one round is in the way of the next. */
export async function newSale(wish: SaleWish = {}): Promise<Sale> {
  const { seats = 20_000, buyers = 1_000, seatsPerOrder = 1, organizer = 'x' } = wish;
  const eventId = await anEvent({ seats: 0, publish: false, organizer });
  const { token } = await theAdmin();
  const { ticketApp, clientApp } = system().urls;
  const imported = await call(`${ticketApp}/events/${eventId}/seats/import`, {
    token,
    headers: { 'content-type': 'text/csv' },
    body: seatsCsv(seats, 'B'),
  });
  const published = await call(`${ticketApp}/events/${eventId}/publish`, { token, body: {} });
  if (imported.status >= 300 || published.status !== 200) throw new Error('The sale could not be prepared.');
  let next = 0;
  const nextSeat = () => {
    const n = next++ % seats;
    return `B-${Math.floor(n / SEATS_IN_A_ROW) + 1}-${(n % SEATS_IN_A_ROW) + 1}`;
  };
  return {
    clientApp,
    eventId,
    buyers: await people(buyers),
    nextSeats: () => Array.from({ length: seatsPerOrder }, nextSeat),
  };
}

/** Of a booking at client-app: the buyer has the ticket. */
const WITH_TICKET = { status: 'CONFIRMED', 'ticketFile.sha256': { $exists: true } };

/** How many bookings of an event are sold: with ticket-app, or as the buyer sees it, with the PDF. */
export async function confirmedOf(eventId: string, at: 'ticket-app' | 'client-app' = 'ticket-app'): Promise<number> {
  const sold = at === 'client-app' ? WITH_TICKET : { status: 'CONFIRMED' };
  return (await databaseOf(at)).collection('bookings').countDocuments({ eventId, ...sold });
}

/** Orders that are paid, a second, after a warm-up of the same length. */
export async function capacityOf({ sizes }: Stage): Promise<number> {
  const sale = await newSale(sizes.sale);
  await closedLoop(sale, sizes.buyersAtOnce, sizes.warmUpSeconds);
  const startedAt = performance.now();
  const orders = paidOf(await closedLoop({ ...sale, round: 'capacity' }, sizes.buyersAtOnce, sizes.warmUpSeconds));
  return (orders * 1_000) / (performance.now() - startedAt);
}

/** One that is sold, and who has it. */
export async function aConfirmedBooking(eventId: string): Promise<{ bookingId: string; customerId: string }> {
  const bookings = (await databaseOf('ticket-app')).collection<{ _id: string; customerId: string }>('bookings');
  const found = await bookings.findOne({ eventId, status: 'CONFIRMED' });
  if (!found) throw new Error(`Nothing of ${eventId} is sold.`);
  return { bookingId: found._id, customerId: found.customerId };
}

/** Resolves when the buyer has the ticket. */
export async function untilTicket(bookingId = ''): Promise<void> {
  const bookings = (await databaseOf('client-app')).collection<{ _id: string }>('bookings');
  const sold = { _id: bookingId, ...WITH_TICKET };
  await waitUntil(`the ticket of ${bookingId}`, async () => (await bookings.findOne(sold)) ?? undefined);
}
