import type * as answers from '../demo/answers.ts';
import { Buyer } from '../demo/buyer.ts';
import { payByJson } from '../demo/payment-page.ts';

/** Every sample user has this password (services/client-app/seeds/seed.ts). */
const password = 'kursi-demo-2026';
const person = (name: string) => ({ name, email: `${name.toLowerCase()}@example.com`, password });

/** A seat in the middle of the first row of a sample event: who has it, and who waits for it, in this order. */
export const sampleQueue = {
  eventId: 'opera-ken-dedes-teater-jakarta',
  seatId: 'STALLS-A-15',
  holder: person('Kartika'),
  waiting: [person('Bagus'), person('Citra'), person('Dewi')],
} as const;

/** Holding at an organizer that has a bad minute is given up after one. */
const BOOKING_TIMEOUT_MS = 90_000;

/**
 * Plays the sample queue at the doors of a running system, as people would: money, tickets and places in queues are made
 * by the product alone. Whatever has been played before is left as it is, also what people have made of it since; what a
 * killed try has left out is added. True when something was done. Rejects when a door answers something else.
 */
export async function playSampleQueue(clientApp: string): Promise<boolean> {
  const { eventId, seatId } = sampleQueue;
  const holder = new Buyer(clientApp, sampleQueue.holder);
  await holder.signIn();
  const before = (await holder.history()).find(isOf(eventId, seatId));
  if (before?.status === 'CANCELLING' || before?.status === 'CANCELLED') return false;
  const bought = before?.status !== 'CONFIRMED';
  if (bought) await buy(holder, before);
  let queued = false;
  for (const one of sampleQueue.waiting) queued = (await queueOnce(new Buyer(clientApp, one))) || queued;
  return bought || queued;
}

/** A booking of the seat that did not fail. */
const isOf = (eventId: string, seatId: string) => (booking: answers.Booking) =>
  booking.eventId === eventId && booking.seatIds.includes(seatId) && booking.status !== 'FAILED';

async function buy(holder: Buyer, begun: answers.Booking | undefined): Promise<void> {
  const { eventId, seatId } = sampleQueue;
  const bookingId = begun?.bookingId ?? (await holder.book(eventId, [seatId])).bookingId;
  const { invoice } = await holder.untilStatus(bookingId, 'AWAITING_PAYMENT', BOOKING_TIMEOUT_MS);
  if (invoice === undefined) throw new Error(`booking ${bookingId} has no invoice`);
  await payByJson(invoice.paymentUrl, 'test_success');
  await holder.untilStatus(bookingId, 'CONFIRMED');
}

async function queueOnce(buyer: Buyer): Promise<boolean> {
  const { eventId, seatId } = sampleQueue;
  await buyer.signIn();
  const entries = await buyer.entries();
  if (entries.some((entry) => entry.eventId === eventId && entry.seatId === seatId)) return false;
  await buyer.queueFor(eventId, seatId);
  return true;
}
