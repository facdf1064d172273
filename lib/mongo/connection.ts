import { setTimeout as delay } from 'node:timers/promises';
import mongoose, { type Connection } from 'mongoose';
import type { Logger } from '../logging/logger.ts';

const options = {
  // Every write of every service is durable before it is acknowledged (docs/protocols.md, K-1).
  writeConcern: { w: 'majority', journal: true },
  // Fails at once instead of queueing while the database is away: the caller answers 503 or retries.
  bufferCommands: false,
  serverSelectionTimeoutMS: 1_500,
  connectTimeoutMS: 2_000,
  // A server that hangs is noticed after this and one connect time-out, and whoever waits for it is freed.
  heartbeatFrequencyMS: 2_000,
  autoIndex: false,
  autoCreate: false,
  maxPoolSize: 50,
} as const;

/**
 * A look at a server that has not ended after this, though its own time-outs add up to 4 s, never will: when a connection
 * breaks at the wrong moment, the driver (7.8) waits for ever for an answer on it, and its client finds no server any more.
 */
const stuckAfterMs = 6_000;
const watchEveryMs = 1_000;
const closePatienceMs = 2_000;
const retryMs = 500;

mongoose.set('strictQuery', 'throw');
mongoose.set('sanitizeFilter', false);

export interface Database {
  connection: Connection;
  /** Resolves once the first connect has succeeded. */
  ready: Promise<void>;
  /** Rejects when the database does not answer. For `/readyz`. */
  check(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Connects to MongoDB, and tries again for as long as it takes: a client whose first connect failed stays dead,
 * so each try opens the connection anew. The process serves meanwhile and reports itself not ready.
 */
export function connectDatabase(uri: string, log: Logger): Database {
  const connection = mongoose.createConnection();
  // Failed tries are told by the loop below; without a listener each one would be an uncaught error.
  connection.on('error', (error) => log.debug({ err: error }, 'database connection error'));
  let closed = false;
  let stopWatching = () => {};

  async function open(): Promise<void> {
    for (let tries = 1; !closed; tries += 1) {
      try {
        await connection.openUri(uri, options);
        watch();
        if (tries > 1) log.info('database is there');
        return;
      } catch (error) {
        if (tries === 1) log.warn({ reason: (error as Error).name }, 'waiting for the database');
        await delay(retryMs);
      }
    }
  }

  function watch(): void {
    stopWatching = watchHeartbeats(connection.getClient(), () => {
      log.error('the driver does not look whether the database is there any more: connecting anew');
      reopen().catch((error) => log.error({ err: error }, 'cannot connect anew'));
    });
  }

  async function reopen(): Promise<void> {
    stopWatching();
    // What is broken may not close well, which is no reason not to go on.
    const closing = connection
      .close()
      .catch((error) => log.warn({ err: error }, 'the broken connection did not close'));
    await Promise.race([closing, delay(closePatienceMs)]);
    await open();
  }

  return {
    connection,
    ready: open(),
    async check() {
      // Not by mongoose's readyState: a broken client that closes late says "disconnected" of the one that came after it.
      if (!connection.db) throw new Error('not connected');
      return connection.db.command({ ping: 1 });
    },
    async close() {
      closed = true;
      stopWatching();
      await connection.close();
    },
  };
}

/**
 * Calls `onStuck` once when a look at a server does not end. Time in which this process stood still does not count: ticks are
 * counted, and none is made up for.
 */
function watchHeartbeats(client: mongoose.mongo.MongoClient, onStuck: () => void): () => void {
  /** By server: ticks since the look began that is under way. */
  const underWay = new Map<string, number>();
  client.on('serverHeartbeatStarted', ({ connectionId }) => underWay.set(connectionId, 0));
  for (const ended of ['serverHeartbeatSucceeded', 'serverHeartbeatFailed'] as const)
    client.on(ended, ({ connectionId }: { connectionId: string }) => underWay.delete(connectionId));
  // A member that left the replica set: how the last look at it ends is not told.
  client.on('serverClosed', ({ address }) => underWay.delete(address));
  const ticking = setInterval(() => {
    for (const [server, ticks] of underWay) underWay.set(server, ticks + 1);
    if (![...underWay.values()].some((ticks) => ticks * watchEveryMs >= stuckAfterMs)) return;
    clearInterval(ticking);
    onStuck();
  }, watchEveryMs);
  ticking.unref();
  return () => clearInterval(ticking);
}

/** A duplicate key: a unique index refused an insert. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === 11000;
}
