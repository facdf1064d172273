import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { someEvent } from '../../../test/factories/events.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { afterEvents, type HeardEvent, Listener } from '../../../test/support/event-stream.ts';
import { useTicketApp } from '../../../test/ticket-app.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { seatModel } from '../models/seat.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import type { SeatMapOptions } from '../seat-map.ts';

describe('the stream of changes of ticket-app', () => {
  const app = useTicketApp();
  const quick = { lookMs: 30 };
  let eventId: string;
  let listeners: Listener[] = [];
  let closings: Array<() => Promise<void>> = [];

  const ledger = () => createSeatLedger(app().connection);
  const path = () => `/events/${eventId}/seats`;
  const token = (seatId: string, bookingId: string = newId()) => ({
    eventId,
    seatId,
    bookingId,
    customerId: newId(),
    claimBefore: new Date(Date.now() + 60_000),
  });

  async function processOfTicketApp(options: SeatMapOptions = quick): Promise<string> {
    const { url, close } = await app().another(options);
    closings.push(close);
    return url;
  }

  async function listen(base: string, { since, lastId }: { since?: string; lastId?: string } = {}): Promise<Listener> {
    const query = since === undefined ? '' : `?since=${since}`;
    const headers = app().headers({ as: 'service', ...(lastId && { headers: { 'Last-Event-ID': lastId } }) });
    const { listener, answer } = await Listener.open(`${base}${path()}/changes${query}`, headers);
    expect(answer.statusCode).to.equal(200);
    listeners.push(listener);
    return listener;
  }

  const mapOf = async (base: string) => {
    const answer = await fetch(`${base}${path()}`, { headers: app().headers({ as: 'service' }) });
    // biome-ignore lint/suspicious/noExplicitAny: a test
    return (await answer.json()) as any;
  };

  /** The truth, in the words of `afterEvents`. */
  const seatsNow = async () => {
    const rows = await seatModel(app().connection).find({ eventId }).lean();
    return new Map(rows.map(({ seatId, status, closed }) => [seatId, closed ? `${status} closed` : status]));
  };
  const hears = (listener: Listener, test: (event: HeardEvent) => boolean) =>
    waitUntil('an event', async () => listener.events.find(test));
  const isAbout = (id: string, status: string) => (event: HeardEvent) =>
    event.type === 'seats' &&
    event.data.seats.some((seat: { seatId: string; status: string }) => seat.seatId === id && seat.status === status);

  beforeEach(async () => {
    eventId = newId();
    await app().call('POST', '/events', { body: someEvent({ eventId }) });
    await app().call('POST', `/events/${eventId}/publish`);
    await ledger().add(eventId, someSeats(60));
  });
  afterEach(async () => {
    for (const listener of listeners) listener.close();
    await Promise.all(closings.map((close) => close()));
    [listeners, closings] = [[], []];
  });

  it('tells the listeners of one process what was changed through another', async () => {
    const base = await processOfTicketApp();
    const listener = await listen(base);
    await app().call('POST', `${path()}/A-1-7/close`, { body: { reason: 'broken' } });
    await ledger().claim(token('A-1-8'));
    await hears(listener, isAbout('A-1-8', 'ON_GOING'));
    expect(afterEvents(new Map(), listener.events)).to.deep.equal(
      new Map([
        ['A-1-7', 'OPEN closed'],
        ['A-1-8', 'ON_GOING'],
      ]),
    );
    expect(listener.retryMs).to.be.within(1_000, 4_000);
  });

  it('begins where a map ends', async () => {
    const base = await processOfTicketApp();
    const map = await mapOf(base);
    await ledger().claim(token('A-1-3'));
    const listener = await listen(base, { since: map.cursor });
    await hears(listener, isAbout('A-1-3', 'ON_GOING'));
  });

  it('misses nothing of 500 changes at random that are made at once, by processes of which one is lost, for listeners who come and go', async function () {
    this.timeout(60_000);
    const bases = [await processOfTicketApp(), await processOfTicketApp()];
    const before = await seatsNow();
    const steady = await Promise.all(bases.map((base) => listen(base)));
    const heard: HeardEvent[] = [];
    let isChanging = true;

    async function change(n: number): Promise<void> {
      const seatId = `A-1-${1 + Math.floor(Math.random() * 60)}`;
      const seat = await seatModel(app().connection).findOne({ eventId, seatId }).lean();
      const holder = seat?.holder?.kind === 'booking' ? seat.holder.bookingId : undefined;
      if (n % 10 === 0) await ledger().close({ eventId, seatIds: [seatId], reason: 'r' });
      else if (n % 10 === 1) await ledger().reopen({ eventId, reason: 'r' });
      else if (holder === undefined) await ledger().claim(token(seatId));
      else if (n % 3 === 0) await ledger().confirm({ ...token(seatId), bookingId: holder });
      else await ledger().release({ ...token(seatId), bookingId: holder, barUntil: new Date() });
    }
    async function comeAndGo(): Promise<void> {
      let lastId = '';
      let turn = 0;
      let listener: Listener | undefined;
      for (; isChanging || turn < 3; turn += 1) {
        const base = bases[turn % bases.length] ?? '';
        listener = await listen(base, lastId === '' ? {} : { lastId }).catch((error: unknown) => {
          // It went away just now, and says so.
          if (bases.includes(base)) throw error;
          return undefined;
        });
        if (!listener) continue;
        await delay(Math.random() * 200);
        listener.close();
        heard.push(...listener.events);
        lastId = listener.lastId;
      }
      const last = await listen(bases.at(-1) ?? '', { lastId });
      await ledger().claim(token('A-1-1'));
      await waitUntil('the last of it', async () => {
        const known = afterEvents(before, [...heard, ...last.events]);
        const now = await seatsNow();
        return [...now].every(([seatId, state]) => known.get(seatId) === state);
      });
    }

    const going = comeAndGo();
    const changes = Array.from({ length: 500 }, (_, n) => n);
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        for (let n = changes.pop(); n !== undefined; n = changes.pop()) {
          await change(n);
          // One of the two processes goes away in the middle; who listened to it comes back to the other.
          if (n === 250) {
            bases.shift();
            await closings.shift()?.();
          }
        }
      }),
    );
    isChanging = false;
    await going;
    const now = await seatsNow();
    await waitUntil('the steady listener to know all', async () => {
      const known = afterEvents(before, steady[1]?.events ?? []);
      return [...now].every(([seatId, state]) => known.get(seatId) === state);
    });
    expect(new Set(now.values()).size).to.be.greaterThan(2);
    await waitUntil('the listener of the lost process to be sent away', async () => steady[0]?.isOver);
  });

  it('sends those away whose process stops, at once, and who come back hear what they missed', async () => {
    const first = await app().another(quick);
    const listener = await listen(first.url);
    await ledger().claim(token('A-1-1'));
    await hears(listener, isAbout('A-1-1', 'ON_GOING'));
    const stoppedAt = Date.now();
    await first.close();
    expect(Date.now() - stoppedAt).to.be.lessThan(2_000);
    await waitUntil('the stream to end', async () => listener.isOver);
    await ledger().claim(token('A-1-2'));
    const again = await listen(await processOfTicketApp(), { lastId: listener.lastId });
    await hears(again, isAbout('A-1-2', 'ON_GOING'));
  });

  it('has the map read anew after seats were added or removed, and by whom comes with a cursor of another hall', async () => {
    const base = await processOfTicketApp({ ...quick, allEveryMs: 200 });
    const { cursor } = await mapOf(base);
    const listener = await listen(base, { since: cursor });
    await ledger().remove(eventId, 'A-1-60');
    await hears(listener, ({ type }) => type === 'reload');
    for (const past of [{ since: cursor }, { lastId: cursor }, { lastId: 'made-up' }]) {
      await hears(await listen(base, past), ({ type }) => type === 'reload');
    }
    const { cursor: now } = await mapOf(base);
    const fresh = await listen(base, { since: now });
    await ledger().claim(token('A-1-5'));
    await hears(fresh, isAbout('A-1-5', 'ON_GOING'));
    expect(fresh.events.every(({ type }) => type === 'seats')).to.equal(true);
  });

  it('finds a change that carries an instant long past', async () => {
    const listener = await listen(await processOfTicketApp({ ...quick, allEveryMs: 200 }));
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await seatModel(app().connection).updateOne(
      { eventId, seatId: 'A-1-9' },
      { $set: { status: 'BOOKED', changedAt: anHourAgo } },
    );
    await hears(listener, isAbout('A-1-9', 'BOOKED'));
  });

  it('keeps silent lines open, with a cursor that grows', async () => {
    const listener = await listen(await processOfTicketApp({ ...quick, heartbeatMs: 50 }));
    const first = listener.lastId;
    await waitUntil('three heartbeats', async () => listener.comments >= 3);
    expect(Number(listener.lastId.split('.')[1])).to.be.greaterThan(Number(first.split('.')[1]));
    expect(listener.events).to.deep.equal([]);
  });

  it('takes so many listeners and no more, and reads the database for all of an event at once', async () => {
    const base = await processOfTicketApp({ ...quick, maxListeners: 2 });
    const first = await listen(base);
    await listen(base);
    const refused = await fetch(`${base}${path()}/changes`, { headers: app().headers({ as: 'service' }) });
    expect(refused.status).to.equal(503);
    expect(await refused.json()).to.include({ code: 'too_many_listeners' });
    expect(refused.headers.get('retry-after')).to.not.equal(null);
    first.close();
    await waitUntil('the place to be free', async () => {
      const again = await Listener.open(`${base}${path()}/changes`, app().headers({ as: 'service' }));
      listeners.push(again.listener);
      return again.answer.statusCode === 200;
    });
  });

  it('is an event stream that nobody may hold back, compress or cache', async () => {
    const headers = { ...app().headers({ as: 'service' }), 'Accept-Encoding': 'gzip, br' };
    const { listener, answer } = await Listener.open(`${await processOfTicketApp()}${path()}/changes`, headers);
    listeners.push(listener);
    expect(answer.headers).to.include({ 'x-accel-buffering': 'no', 'cache-control': 'no-store' });
    expect(answer.headers['content-type']).to.match(/^text\/event-stream/);
    expect(answer.headers).to.not.have.property('content-encoding');
    const unknown = await app().call('GET', `/events/${newId()}/seats/changes`, { as: 'service' });
    expect(unknown.body.code).to.equal('event_not_found');
    expect((await app().call('GET', `${path()}/changes`, { as: 'nobody' })).status).to.equal(401);
  });
});
