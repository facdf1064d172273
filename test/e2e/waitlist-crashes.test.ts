// Processes are killed while seats go from one person to the next: nobody is lost, and nobody is promoted twice.
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { after, describe, it } from 'mocha';
import type { Booking } from '../../services/ticket-app/models/booking.ts';
import type { WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import { system } from '../engines.ts';
import { someSeats } from '../factories/seats.ts';
import { waitUntil } from '../wait-until.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { holdsAtX } from './organizer-stage.ts';
import { cancel, joined } from './queue-stage.ts';
import { anEvent, atTicketApp, booked, invoiceOf, type Person, pay, people, seatsOf } from './stage.ts';
import { closeTemporal, temporal } from './temporal-stage.ts';

const seatCount = 6;
const perSeat = 3;
const victims = [['ticketing-worker'], ['ticket-app'], ['ticketing-worker', 'ticket-app']];
/** Kills one after another, each somewhere else in the promotions that are under way. */
const rounds = 4;
const settleMs = 120_000;

describe('kill -9 while seats pass through their queues (I1, I3, I4)', function () {
  this.timeout(300_000);
  after(async () => {
    await closeDatabases();
    await closeTemporal();
  });

  const entriesOf = async (eventId: string) =>
    (await databaseOf('ticket-app'))
      .collection<WaitlistEntry>('waitlist_entries')
      .find({ eventId })
      .sort({ seq: 1 })
      .toArray();
  const offersOf = async (eventId: string) =>
    (await databaseOf('ticket-app'))
      .collection<Booking>('bookings')
      .find({ eventId, waitlistEntryId: { $exists: true } })
      .sort({ createdAt: 1 })
      .toArray();

  /** Seats that are taken, and people who wait for each, in their order. */
  async function queues(eventId: string) {
    const seatIds = someSeats(seatCount).map(({ seatId }) => seatId);
    return Promise.all(
      seatIds.map(async (seatId) => {
        const [holder, ...buyers] = (await people(1 + perSeat)) as [Person, ...Person[]];
        const { bookingId } = await booked(holder, eventId, [seatId]);
        const entryIds: string[] = [];
        for (const buyer of buyers) entryIds.push((await joined(buyer, eventId, seatId)).entryId);
        return { seatId, holder, bookingId, entryIds };
      }),
    );
  }

  /** On every other seat the second in the queue pays as soon as there is an invoice. */
  async function payFor(eventId: string, payers: Set<string>, signal: AbortSignal): Promise<void> {
    const paid = new Set<string>();
    while (!signal.aborted) {
      for (const { _id, waitlistEntryId = '', invoice, status } of await offersOf(eventId)) {
        if (status !== 'AWAITING_PAYMENT' || !invoice || paid.has(_id) || !payers.has(waitlistEntryId)) continue;
        paid.add(_id);
        await pay(invoice.paymentUrl, 'test_success');
      }
      await delay(100, undefined, { signal }).catch(() => {});
    }
  }

  it('of the worker, of ticket-app and of both, again and again: everybody has had their turn, once, in order', async () => {
    const eventId = await anEvent({ seats: someSeats(seatCount), changes: { offerSeconds: 3 } });
    const all = await queues(eventId);
    const payers = new Set(all.filter((_, i) => i % 2 === 1).map(({ entryIds }) => entryIds[1] ?? ''));
    const paying = new AbortController();
    const payments = payFor(eventId, payers, paying.signal);
    const given = all.map(async ({ holder, bookingId }, i) => {
      await delay(i * 250);
      await waitUntil(
        'the holder to be heard',
        async () => {
          await cancel(holder, bookingId).catch(() => {});
          const { body } = await atTicketApp(bookingId).catch(() => ({ body: undefined }));
          return body?.status === 'CANCELLED';
        },
        settleMs,
      );
    });
    for (let round = 0; round < rounds; round++) {
      await delay(300 + 450 * round);
      const names = victims[round % victims.length] ?? [];
      await Promise.all(names.map((name) => system().kill(name)));
      await Promise.all(names.map((name) => system().restart(name)));
    }
    await Promise.all(given);
    const ended = await waitUntil(
      'every queue to come to its end',
      async () => {
        const [entries, seats] = [await entriesOf(eventId), await seatsOf(eventId)];
        const isSettled = all.every(({ seatId }) => {
          const status = seats[seatId]?.status;
          const queue = entries.filter((entry) => entry.seatId === seatId);
          if (queue.some((entry) => entry.status === 'OFFERED')) return false;
          return status === 'BOOKED' || (status === 'OPEN' && queue.every((entry) => !entry.active));
        });
        return isSettled && entries;
      },
      settleMs,
    );
    paying.abort();
    await payments;

    const [offers, seats] = [await offersOf(eventId), await seatsOf(eventId)];
    for (const { seatId, entryIds } of all) {
      const queue = ended.filter((entry) => entry.seatId === seatId);
      expect(queue.map(({ _id }) => _id)).to.deep.equal(entryIds);
      const sold = queue.findIndex(({ status }) => status === 'FULFILLED');
      const expected = entryIds.map((_, i) =>
        sold === -1 || i < sold ? 'LAPSED' : i === sold ? 'FULFILLED' : 'WAITING',
      );
      expect(
        queue.map(({ status }) => status),
        seatId,
      ).to.deep.equal(expected);
      const turns = offers.filter((offer) => offer.seatIds[0] === seatId);
      const had = sold === -1 ? entryIds : entryIds.slice(0, sold + 1);
      const triesOf = (entryId: string) => turns.filter(({ waitlistEntryId }) => waitlistEntryId === entryId);
      for (const entryId of had) {
        expect(triesOf(entryId)).to.have.length.at.least(1);
        // A kill may lose the answer of the payment app for longer than these short offers last: then it is made again.
        for (const lost of triesOf(entryId).slice(0, -1)) {
          expect([lost.status, lost.reason]).to.deep.equal(['FAILED', 'payment_unavailable']);
        }
      }
      const inOrder = had.flatMap((entryId) => triesOf(entryId).map((_, i) => `${entryId}-${i + 1}`));
      expect(turns.map((offer) => offer._id)).to.deep.equal(inOrder);
      expect(queue.flatMap(({ history }) => history.filter(({ step }) => step === 'offered'))).to.have.length(
        turns.length,
      );
      const winner = sold === -1 ? undefined : turns.at(-1)?._id;
      expect(seats[seatId]).to.deep.equal({ status: winner ? 'BOOKED' : 'OPEN', bookingId: winner });
      for (const { _id } of turns) expect((await invoiceOf(_id)).status).to.equal(_id === winner ? 'PAID' : 'VOIDED');
    }
    const sold = ended.filter(({ status }) => status === 'FULFILLED').length;
    console.log(`      ${offers.length} promotions over ${rounds} rounds of kills, ${sold} sold`);
    expect(sold).to.be.at.least(1);
    await waitUntil(
      'the organizer to hold what was sold, and no more',
      async () => (await holdsAtX(eventId)).filter(({ state }) => state === 'held').length === sold,
      settleMs,
    );
    const query = `KursiEventId = '${eventId}' AND ExecutionStatus = 'Running' AND WorkflowType = 'booking'`;
    await waitUntil('every booking to end', async () => (await temporal().workflow.count(query)).count === 0, settleMs);
  });
});
