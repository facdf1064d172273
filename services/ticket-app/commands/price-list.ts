import type { Connection } from 'mongoose';
import { newId } from '../../../lib/ids.ts';
import { type Event, noPrice } from '../models/event.ts';
import type { EventLedger } from '../models/event-ledger.ts';
import { type Seat, seatModel } from '../models/seat.ts';
import { reasonOfClosing } from './close-event.ts';

/** Halls have a dozen prices. Of an event with more than this the ones in between are not looked for. */
const maxPrices = 200;

/** A change of a seat takes milliseconds; a mark this old has lost its process. */
const silenceMs = 30_000;
const sweepBatch = 100;

export type Prices = Pick<Event, 'prices' | 'lowestPrice' | 'highestPrice'>;

/** What an event's seats cost, for its document. */
export function pricesOf(amounts: Iterable<number>): Prices {
  const prices = [...new Set(amounts)].sort((a, b) => a - b);
  return { prices, lowestPrice: prices[0] ?? noPrice, highestPrice: prices.at(-1) ?? 0 };
}

export type PriceList = ReturnType<typeof createPriceList>;

/**
 * Keeps on each event what its seats cost, so that lists can be searched and sorted by it: those that exist and are not
 * closed, sold or not. Whatever adds, removes, closes or changes seats says so before and has the prices read afterwards.
 * Of those who say so at once the last one reads, and sees what all of them did; what a killed process left is read by
 * the sweep. So the prices are never wrong for longer than that.
 */
export function createPriceList(connection: Connection, events: EventLedger) {
  const seats = seatModel(connection);
  // An event that is being closed as a whole keeps its prices: it may yet stay.
  const counted = { 'closed.reason': { $in: [null, ...Object.values(reasonOfClosing)] } };

  /** Leaps from each price to the next one in the index, so its cost grows with the prices and not with the hall. */
  async function read(eventId: string): Promise<number[]> {
    const found: number[] = [];
    const next = (above: number, direction: 1 | -1) =>
      seats
        .findOne({ eventId, 'price.amount': { $gt: above }, ...counted }, { _id: 0, price: 1 })
        .sort({ 'price.amount': direction })
        .lean<Pick<Seat, 'price'> | null>();
    for (let seat = await next(-1, 1); seat; seat = await next(seat.price.amount, found.length < maxPrices ? 1 : -1)) {
      found.push(seat.price.amount);
    }
    return found;
  }

  /** Reads the prices again. May be repeated, and run by several at once. */
  async function renew(eventId: string): Promise<void> {
    const mark = { id: newId(), at: new Date() };
    if (await events.beginRepricing(eventId, mark))
      await events.reprice(eventId, mark.id, pricesOf(await read(eventId)));
  }

  return {
    renew,

    /** Does something to an event's seats that may change its prices. */
    async during<T>(eventId: string, change: () => Promise<T>): Promise<T> {
      await events.beginRepricing(eventId, { id: newId(), at: new Date() });
      const answer = await change();
      await renew(eventId);
      return answer;
    },

    /** Reads what a killed process left unread (K-3). */
    async sweep(now: Date): Promise<void> {
      for (const { _id } of await events.unpriced(new Date(now.getTime() - silenceMs), sweepBatch)) await renew(_id);
    },
  };
}
