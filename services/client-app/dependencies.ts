import type { Middleware } from 'koa';
import type { Connection } from 'mongoose';
import type { WaitlistEntryView } from '../../lib/contracts/waitlist.ts';
import { limitsInFlight, requestLimit } from '../../lib/http/request-limit.ts';
import type { Logger } from '../../lib/logging/logger.ts';
import { type IdempotencyKeys, idempotencyKeysIn } from '../../lib/mongo/idempotency-keys.ts';
import { receivedWebhooks } from '../../lib/webhooks/received.ts';
import { type AccessTokens, createAccessTokens } from './auth/access-tokens.ts';
import { createDigest, type Digest } from './auth/digests.ts';
import { type AttemptGuard, createAttemptGuard } from './commands/guard-attempts.ts';
import { createListening, type Listening } from './commands/listen-to-seats.ts';
import type { Config } from './config.ts';
import { type BookingHistory, bookingHistoryIn } from './models/booking-history.ts';
import { type Sessions, sessionsIn } from './models/sessions.ts';
import { type TicketStore, ticketStoreIn } from './models/ticket-store.ts';
import { type Users, usersIn } from './models/users.ts';
import { type WaitlistEntries, waitlistEntriesIn } from './models/waitlist-entries.ts';
import { createTicketingClient, type TicketingClient } from './ticketing/ticketing-client.ts';

/** What the commands work with. */
export interface Dependencies {
  log: Logger;
  users: Users;
  keys: IdempotencyKeys;
  bookings: BookingHistory;
  waitlist: WaitlistEntries;
  tickets: TicketStore;
  webhooks: ReturnType<typeof receivedWebhooks>;
  webhookSecrets: readonly string[];
  /** What lets operators in. */
  serviceSecrets: readonly string[];
  ticketing: TicketingClient;
  listening: Listening;
  sessions: Sessions;
  /** What limits attempts to sign in and to register. */
  attempts: AttemptGuard;
  tokens: AccessTokens;
  digest: Digest;
  /** Origins of front ends. */
  corsOrigins: readonly string[];
  trustedProxies: number;
  patienceMs: number;
  /** Throws 429 for whoever sends too many requests; given an account's id. */
  countRequest(userId: string): Promise<void>;
  requestsPerAddress: number;
  /** Stands before the calls that wait for ticket-app. */
  roomForCalls: Middleware;
  /** Bookings being asked for in this process, by id: a repeat waits for the call under way instead of making its own. */
  callsUnderWay: Map<string, Promise<void>>;
  /** The same of places in queues; each call brings what ticket-app tells now, if it tells. */
  joinsUnderWay: Map<string, Promise<WaitlistEntryView | undefined>>;
}

/** The event that a call is about, as far as can be told before it is looked at. */
function eventOf(body: unknown): string {
  const eventId = (body as { eventId?: unknown } | undefined)?.eventId;
  return typeof eventId === 'string' ? eventId.slice(0, 64) : '';
}

export async function createDependencies(config: Config, connection: Connection, log: Logger): Promise<Dependencies> {
  const digest = createDigest(config.jwtPrivateKey);
  const ticketing = createTicketingClient(config.ticketAppUrl, config.ticketAppServiceSecrets[0], log);
  return {
    log,
    users: usersIn(connection),
    keys: idempotencyKeysIn(connection),
    bookings: bookingHistoryIn(connection),
    waitlist: waitlistEntriesIn(connection),
    tickets: ticketStoreIn(connection),
    webhooks: receivedWebhooks(connection),
    webhookSecrets: config.ticketingWebhookSecrets,
    serviceSecrets: config.serviceSecrets,
    ticketing,
    listening: createListening(ticketing, log),
    digest,
    sessions: sessionsIn(connection, config.sessionTimes),
    attempts: createAttemptGuard(connection, digest, config.attemptLimits),
    tokens: await createAccessTokens(config.jwtPrivateKey, config.accessTokenSeconds, config.jwtPreviousKeys),
    corsOrigins: config.corsOrigins,
    trustedProxies: config.trustedProxies,
    patienceMs: config.patienceMs,
    countRequest: requestLimit(config.requestsPerPerson),
    requestsPerAddress: config.requestsPerAddress,
    roomForCalls: limitsInFlight({ most: config.callsInFlight, slowMs: config.slowCallMs }, (ctx) =>
      eventOf(ctx.request.body),
    ),
    callsUnderWay: new Map(),
    joinsUnderWay: new Map(),
  };
}
