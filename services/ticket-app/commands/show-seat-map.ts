import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { SeatMap } from '../../../lib/contracts/seat-map.ts';
import type { Event } from '../models/event.ts';
import { sees, type Viewer } from '../models/event-owner.ts';
import { presentHall, statesOf } from '../presenters/seat-map.ts';
import { encodeMoment } from '../seat-map/cursor.ts';
import type { LiveHalls, LiveSeats } from '../seat-map/live-seats.ts';
import type { SettleWork } from './settle-work.ts';

/** How the bytes of a map are written. */
export type MapCoding = 'br' | 'gzip' | 'identity';

/** A map as it is sent, in each coding made once, when it is first asked for. */
export interface RenderedMap {
  /** Equal for equal maps, in every process. */
  version: string;
  /** Of the live seats it was made from. */
  revision: number;
  body(coding: MapCoding): Promise<Buffer>;
}

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);
/** Of eleven: a third smaller than gzip's, and as quick. */
const brotliQuality = 5;

const coders: Record<MapCoding, (text: Buffer) => Promise<Buffer>> = {
  identity: async (text) => text,
  gzip: (text) => gzipped(text, { level: 6 }),
  br: (text) =>
    brotlied(text, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
      },
    }),
};

/** How old what a map shows may be. In a hot sale one look at the database serves everybody who asks within it. */
const maxAgeMs = 250;

export function renderMap(live: LiveSeats): RenderedMap {
  const { eventId } = live;
  const version = versionOf(live);
  const cursor = encodeMoment({ layout: live.layout(), asOf: live.changedAsOf() });
  const map = { eventId, version, cursor, ...presentHall(live.rows()) } satisfies SeatMap;
  const text = Buffer.from(JSON.stringify(map));
  const coded = new Map<MapCoding, Promise<Buffer>>();
  return {
    version,
    revision: live.revision(),
    body(coding) {
      const known = coded.get(coding) ?? coders[coding](text);
      coded.set(coding, known);
      return known;
    },
  };
}

/** A hash of all that the map shows. The cursor is no part of it: several moments have the same map. */
function versionOf(live: LiveSeats): string {
  const hash = createHash('sha256').update(`${live.eventId}\n${live.layout()}\n`);
  for (const { seats } of live.rows()) hash.update(statesOf(seats));
  return hash.digest('base64url').slice(0, 16);
}

export type ShowSeatMap = ReturnType<typeof createShowSeatMap>;

/** The map of an event's seats, kept as it was rendered for as long as it stays the same. Null: there is no such event. */
export function createShowSeatMap(halls: LiveHalls, settle: SettleWork) {
  const rendered = new WeakMap<LiveSeats, RenderedMap>();

  async function settledEvent(eventId: string, viewer: Viewer): Promise<Event | null> {
    const event = await settle.importOf(eventId);
    return event && sees(viewer, event) ? event : null;
  }

  return async (eventId: string, viewer: Viewer): Promise<RenderedMap | null> => {
    for (;;) {
      const event = await settledEvent(eventId, viewer);
      if (!event) return null;
      const live = halls(eventId);
      await live.beAtMost(maxAgeMs, event.imports);
      // An import shows all of its seats or none.
      if (!(await settle.isAsItWas(event))) continue;
      const known = rendered.get(live);
      if (known?.revision === live.revision()) return known;
      const map = renderMap(live);
      rendered.set(live, map);
      return map;
    }
  };
}
