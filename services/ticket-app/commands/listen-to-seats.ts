import { PassThrough, type Readable } from 'node:stream';
import { createEventBuffer } from 'better-sse';
import { limits } from '../../../lib/contracts/limits.ts';
import type { SeatChanges } from '../../../lib/contracts/seat-map.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import type { FindEvent } from '../models/event.ts';
import { sees, type Viewer } from '../models/event-owner.ts';
import type { SeatState } from '../models/seat-states.ts';
import { decodeMoment, encodeMoment } from '../seat-map/cursor.ts';
import type { LiveHalls, LiveSeats, SeatNews } from '../seat-map/live-seats.ts';

export interface ListenOptions {
  /** How often the database is asked what was changed, once for all who listen to an event. */
  lookMs: number;
  heartbeatMs: number;
  /** The database cannot be read for this long: listeners are sent away, to another process perhaps. */
  silenceMs: number;
  maxListeners: number;
  /** What a listener may leave unread. */
  maxUnreadBytes: number;
}

const defaults: ListenOptions = {
  lookMs: 300,
  heartbeatMs: 15_000,
  silenceMs: 20_000,
  maxListeners: limits.seatListeners,
  maxUnreadBytes: limits.seatListenerBytes,
};

/**
 * Who comes back is told all that changed since this long before their cursor: the process they heard it from may not
 * have seen a write yet that carries an earlier instant. More than a process misses between two looks at all seats.
 */
const resumeOverlapMs = 30_000;
/** Who has missed more than this many changes is better served by the map, which is compressed and cached. */
const resumeSeats = 1_000;
/** Who is sent away and does not read to the end by then is cut off. */
const goodbyeMs = 1_000;
/** When to come back; a crowd whose process went away then spreads over as many seconds. */
const retryMs = { least: 1_000, spread: 3_000 };

export type ListenAnswer =
  | { outcome: 'listening'; stream: Readable }
  | { outcome: 'unknown_event' }
  | { outcome: 'too_many' };

/** All who listen to one event at this process. */
interface Room {
  live: LiveSeats;
  streams: Set<PassThrough>;
  leave(): void;
}

export type ListenToSeats = ReturnType<typeof createListenToSeats>;

const changesOf = (seats: readonly SeatState[]): SeatChanges => ({
  seats: seats.map(({ seatId, status, closed }) => ({ seatId, status, closed: closed !== null })),
});

/**
 * The changes of an event's seats as server-sent events. `seats` says what some seats are now, whatever its reader knew of
 * them, so hearing it twice does no harm; `reload` says that the map is to be fetched anew. Each `id` is a cursor.
 */
export function createListenToSeats(
  parts: { halls: LiveHalls; findEvent: FindEvent; log: Logger },
  given: Partial<ListenOptions> = {},
) {
  const { halls, findEvent, log } = parts;
  const options = { ...defaults, ...given };
  const rooms = new Map<string, Room>();
  let count = 0;
  let isClosed = false;

  const cursorOf = (live: LiveSeats): string => encodeMoment({ layout: live.layout(), asOf: live.asOf() });
  const written = (live: LiveSeats, news: SeatNews): string => {
    const data = news.kind === 'seats' ? changesOf(news.seats) : {};
    return createEventBuffer().event(news.kind).id(cursorOf(live)).data(data).dispatch().read();
  };

  function dismiss(stream: PassThrough): void {
    stream.end();
    setTimeout(() => stream.destroy(), goodbyeMs).unref();
  }

  /** Who does not read is dropped: it comes back with its last cursor, and is told what it missed. */
  function send(stream: PassThrough, text: string): void {
    if (stream.readableLength + stream.writableLength > options.maxUnreadBytes) stream.destroy();
    else stream.write(text);
  }

  const broadcast = (room: Room, text: string): void => {
    for (const stream of room.streams) send(stream, text);
  };

  /** Looks again and again, for as long as somebody listens. */
  function watch(room: Room): void {
    let lookedAt = performance.now();
    let toldAt = lookedAt;
    const look = async () => {
      try {
        await room.live.beAtMost(0);
        lookedAt = performance.now();
      } catch (error) {
        log.debug({ eventId: room.live.eventId, reason: (error as Error).message }, 'the seats could not be looked at');
      }
      if (performance.now() - lookedAt > options.silenceMs) room.streams.forEach(dismiss);
      if (performance.now() - toldAt > options.heartbeatMs) {
        toldAt = performance.now();
        // An event without data is not dispatched, but its id is kept.
        broadcast(room, createEventBuffer().comment().id(cursorOf(room.live)).dispatch().read());
      }
      if (room.streams.size > 0) setTimeout(look, options.lookMs);
    };
    setTimeout(look, options.lookMs);
  }

  function roomOf(live: LiveSeats): Room {
    const known = rooms.get(live.eventId);
    if (known) return known;
    const streams = new Set<PassThrough>();
    const stop = live.listen((news) => broadcast(room, written(live, news)));
    const room: Room = {
      live,
      streams,
      leave() {
        if (streams.size > 0) return;
        stop();
        rooms.delete(live.eventId);
      },
    };
    rooms.set(live.eventId, room);
    watch(room);
    return room;
  }

  /** What somebody with that cursor has to be told first; without one, from now on. */
  function greeting(live: LiveSeats, cursor: string | undefined): string {
    const retry = retryMs.least + Math.floor(Math.random() * retryMs.spread);
    const hello = createEventBuffer().retry(retry).id(cursorOf(live)).dispatch().read();
    if (cursor === undefined) return hello;
    // The id comes with what was missed, at its end: a line that drops before that is taken up where it was.
    const first = createEventBuffer().retry(retry).dispatch().read();
    const moment = decodeMoment(cursor);
    // Of another layout; or of a database whose clock has been set back.
    if (!moment || moment.layout !== live.layout() || moment.asOf.getTime() > live.asOf().getTime() + resumeOverlapMs) {
      return first + written(live, { kind: 'reload' });
    }
    const missed = live.changedSince(new Date(moment.asOf.getTime() - resumeOverlapMs));
    if (missed.length > resumeSeats) return first + written(live, { kind: 'reload' });
    return missed.length > 0 ? first + written(live, { kind: 'seats', seats: missed }) : hello;
  }

  async function listen(eventId: string, viewer: Viewer, cursor: string | undefined): Promise<ListenAnswer> {
    if (isClosed || count >= options.maxListeners) return { outcome: 'too_many' };
    const event = await findEvent(eventId);
    if (!event || !sees(viewer, event)) return { outcome: 'unknown_event' };
    const live = rooms.get(eventId)?.live ?? halls(eventId);
    await live.beAtMost(options.lookMs);
    // From here on in one step: what is known now is greeted with, what comes later is broadcast.
    if (isClosed || count >= options.maxListeners) return { outcome: 'too_many' };
    const stream = new PassThrough();
    const room = roomOf(live);
    count += 1;
    room.streams.add(stream);
    stream.once('close', () => {
      count -= 1;
      room.streams.delete(stream);
      room.leave();
    });
    stream.on('error', () => undefined);
    stream.write(greeting(room.live, cursor));
    return { outcome: 'listening', stream };
  }

  return {
    listen,
    /** How many listen now. */
    count: () => count,
    /** Sends everybody away: their programs come back by themselves, to another process. */
    close(): void {
      isClosed = true;
      for (const { streams } of rooms.values()) streams.forEach(dismiss);
    },
  };
}
