import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { newId } from '../../../lib/ids.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { useDatabase } from '../../../test/database.ts';
import { someSeats } from '../../../test/factories/seats.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { eventModel, findEventIn } from '../models/event.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { createSeatStates } from '../models/seat-states.ts';
import { createLiveHalls } from '../seat-map/live-seats.ts';
import { createListenToSeats, type ListenOptions } from './listen-to-seats.ts';

describe('listening to the seats of an event', () => {
  const database = useDatabase('ticket-app');
  let eventId: string;

  const listening = (options: Partial<ListenOptions> = {}) => {
    const states = createSeatStates(database());
    let looks = 0;
    let isAway = false;
    const watched = {
      ...states,
      async since(id: string, at: Date) {
        looks += 1;
        if (isAway) throw new Error('The database is away.');
        return states.since(id, at);
      },
    };
    const parts = {
      halls: createLiveHalls(watched),
      findEvent: findEventIn(database()),
      log: createLogger('ticket-app', 'silent'),
    };
    return {
      ...createListenToSeats(parts, { lookMs: 10, ...options }),
      looks: () => looks,
      away: () => {
        isAway = true;
      },
    };
  };
  const open = async ({ listen }: ReturnType<typeof listening>): Promise<Readable> => {
    const answer = await listen(eventId, { kind: 'public' }, undefined);
    if (answer.outcome !== 'listening') throw new Error(answer.outcome);
    return answer.stream;
  };
  let isShut = false;
  const changeAll = async () => {
    const ledger = createSeatLedger(database());
    await (isShut ? ledger.reopen({ eventId, reason: 'r' }) : ledger.close({ eventId, reason: 'r' }));
    isShut = !isShut;
  };

  beforeEach(async () => {
    eventId = newId();
    await eventModel(database()).collection.insertOne({
      _id: eventId as never,
      organizerEventRef: eventId,
      status: 'published',
    });
    await createSeatLedger(database()).add(eventId, someSeats(200));
  });

  it('drops who does not read, and nobody else', async () => {
    const room = listening({ maxUnreadBytes: 50_000 });
    const [slow, other] = [await open(room), await open(room)];
    let heard = '';
    other.on('data', (chunk) => {
      heard += chunk;
    });
    await waitUntil('the slow one to be dropped', async () => {
      await changeAll();
      return slow.destroyed;
    });
    expect([other.destroyed, room.count()]).to.deep.equal([false, 1]);
    const before = heard.length;
    await waitUntil('the other to hear on', async () => {
      await changeAll();
      return heard.length > before + 1_000;
    });
    room.close();
    await waitUntil('the other to be sent away', async () => other.readableEnded);
  });

  it('looks once for all who listen to an event, and not at all once nobody does', async () => {
    const room = listening();
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(room)));
    for (const stream of streams) stream.resume();
    const [began, before] = [performance.now(), room.looks()];
    await waitUntil('some looks', async () => room.looks() - before >= 10);
    // One look at a time, with a pause of 10 ms after each.
    expect(room.looks() - before).to.be.at.most((performance.now() - began) / 10 + 1);
    for (const stream of streams) stream.destroy();
    await waitUntil('the places to be free', async () => room.count() === 0);
    await waitUntil('the last look to be over', async () => {
      const last = room.looks();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return room.looks() === last;
    });
  });

  it('gives whoever has missed something no cursor before they are told of it', async () => {
    const room = listening();
    const begins = async (cursor?: string) => {
      const answer = await room.listen(eventId, { kind: 'public' }, cursor);
      if (answer.outcome !== 'listening') throw new Error(answer.outcome);
      return String(answer.stream.read());
    };
    const cursor = /^id: ?(.+)$/m.exec(await begins())?.[1];
    await changeAll();
    const text = await begins(cursor);
    expect(text).to.match(/^retry: ?\d+\n/);
    // A line that drops after the first block is taken up from the old cursor.
    const [first = '', second = ''] = text.split('\n\n');
    expect(first).not.to.match(/^id:/m);
    expect(second)
      .to.match(/^id:/m)
      .and.to.match(/^event: ?seats$/m);
  });

  it('sends everybody away once the database has been silent for too long', async () => {
    const room = listening({ silenceMs: 200 });
    const stream = await open(room);
    stream.resume();
    const before = room.looks();
    const began = performance.now();
    await waitUntil('more than the patience to pass', async () => performance.now() - began > 400);
    expect([stream.readableEnded, room.looks() > before]).to.deep.equal([false, true]);
    room.away();
    await waitUntil('the stream to end', async () => stream.readableEnded);
  });
});
