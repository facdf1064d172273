import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { limits } from '../../../lib/contracts/limits.ts';
import { notFound, Problem, unavailable } from '../../../lib/http/problem.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import type { TicketingClient } from '../ticketing/ticketing-client.ts';
import { eventPath } from './read-catalogue.ts';

export interface ListenCall {
  eventId: string;
  /** Without its question mark; ticket-app checks it. */
  query: string;
  lastEventId: string;
  /** Whose call it is, as far as the network tells. */
  address: string;
}

export interface ListenLimits {
  perProcess: number;
  perAddress: number;
  /** ticket-app sends something every 15 s; after so long a silence the line is dead. */
  silenceMs: number;
}

const defaults: ListenLimits = {
  perProcess: limits.seatListeners,
  perAddress: limits.seatListenersPerAddress,
  silenceMs: 40_000,
};

export type Listening = ReturnType<typeof createListening>;

/**
 * Passes the stream of an event's seats on, a line of its own to ticket-app for each who listens. It ends when ticket-app
 * ends it or goes away: an `EventSource` then comes back by itself, with its cursor.
 */
export function createListening(ticketing: TicketingClient, log: Logger, given: Partial<ListenLimits> = {}) {
  const { perProcess, perAddress, silenceMs } = { ...defaults, ...given };
  const streams = new Set<Readable>();
  const byAddress = new Map<string, number>();
  let count = 0;

  /** Throws where there are too many already; else takes a place, and returns what gives it back. */
  function enter(address: string): () => void {
    const ofAddress = byAddress.get(address) ?? 0;
    if (ofAddress >= perAddress) {
      const detail = `At most ${perAddress} listen from one address. Close one, or read the map from time to time.`;
      throw new Problem(429, 'too_many_requests', detail, {}, { 'Retry-After': '60' });
    }
    if (count >= perProcess) throw unavailable('too_many_listeners', 'Too many listen here already. Try again.');
    count += 1;
    byAddress.set(address, ofAddress + 1);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      count -= 1;
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
    };
  }

  async function lineTo({ eventId, query, lastEventId }: ListenCall): Promise<Readable> {
    const away = () =>
      unavailable('ticketing_unavailable', 'Seats cannot be listened to just now. Try again in a moment.');
    const answer = await ticketing.listen(`${eventPath(eventId)}/seats/changes`, query, lastEventId).catch((error) => {
      log.warn({ eventId, reason: (error as Error).message }, 'no stream of ticket-app');
      throw away();
    });
    if (answer.status === 200) return answer.stream;
    answer.stream.destroy();
    if (answer.status === 404) throw notFound('event');
    throw away();
  }

  return {
    /** Throws 404 `event_not_found`, 429 `too_many_requests`, 503 `too_many_listeners` or `ticketing_unavailable`. */
    async open(call: ListenCall): Promise<Readable> {
      const leave = enter(call.address);
      try {
        const stream = await lineTo(call);
        streams.add(stream);
        stream.once('close', () => {
          streams.delete(stream);
          leave();
        });
        stream.on('error', () => undefined);
        if (stream instanceof IncomingMessage) stream.setTimeout(silenceMs, () => stream.destroy());
        return stream;
      } catch (error) {
        leave();
        throw error;
      }
    },

    /** Cuts all lines, so that the process can stop. */
    close(): void {
      for (const stream of streams) stream.destroy();
    },
  };
}
