import { type Static, Type } from 'typebox';
import { previousPublicKeys, publicKeysIn } from '../../lib/auth/public-keys.ts';
import { list, readEnvironment, trustedProxies } from '../../lib/config/environment.ts';
import { limits } from '../../lib/contracts/limits.ts';
import { tracingEnvironment, tracingOf } from '../../lib/tracing/tracing.ts';

const dayMs = 24 * 3_600_000;

export const Environment = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  ...tracingEnvironment,
  LOG_LEVEL: Type.String({ default: 'info' }),
  CLIENT_APP_PORT: Type.Integer({ default: 3001, minimum: 0, maximum: 65_535, description: 'the port to listen on' }),
  CLIENT_APP_MONGODB_URI: Type.String({ pattern: '^mongodb(\\+srv)?://', description: "client-app's own database" }),
  CLIENT_APP_JWT_PRIVATE_KEY: Type.String({
    pattern: '-----BEGIN PRIVATE KEY-----',
    description: 'an Ed25519 key, PKCS#8 PEM, that signs access tokens',
  }),
  CLIENT_APP_JWT_PREVIOUS_PUBLIC_KEYS: previousPublicKeys(
    'Ed25519 keys, SPKI PEM, whose access tokens are still taken; none of them signs',
  ),
  CLIENT_APP_SERVICE_SECRETS: Type.Optional(
    Type.String({
      minLength: 16,
      description: 'bearer secrets that let operators in; without one their routes are closed',
    }),
  ),
  TICKET_APP_URL: Type.String({ pattern: '^https?://', description: 'ticket-app, without a trailing slash' }),
  TICKET_APP_SERVICE_SECRETS: Type.String({ minLength: 1, description: 'bearer secrets of ticket-app' }),
  TICKETING_WEBHOOK_SECRETS: Type.String({
    pattern: '^whsec_',
    description: "secrets that sign ticket-app's webhooks",
  }),
  ACCESS_TOKEN_SECONDS: Type.Integer({
    default: limits.accessTokenSeconds,
    minimum: 10,
    maximum: 3_600,
    description: 'how long an access token is good',
  }),
  SESSION_IDLE_DAYS: Type.Integer({
    default: limits.sessionIdleMs / dayMs,
    minimum: 1,
    maximum: 400,
    description: 'a session that is not used for so long ends',
  }),
  SESSION_DAYS: Type.Integer({
    default: limits.sessionMs / dayMs,
    minimum: 1,
    maximum: 400,
    description: 'a session ends after so long, however often it is used',
  }),
  SIGN_IN_FAILURES: Type.Integer({
    default: limits.signInFailuresPerIp,
    minimum: 0,
    description: 'failed sign-ins from one IP address in an hour; 0 is no limit',
  }),
  REGISTRATIONS: Type.Integer({
    default: limits.registrationsPerIp,
    minimum: 0,
    description: 'registrations from one IP address in an hour; 0 is no limit',
  }),
  CORS_ORIGINS: Type.Optional(
    Type.String({
      pattern: '^https?://[^/,\\s]+(,\\s*https?://[^/,\\s]+)*$',
      description: 'origins of front ends whose scripts may call from a browser, e.g. https://tickets.example',
    }),
  ),
  TRUSTED_PROXIES: trustedProxies,
  REQUESTS_PER_ADDRESS: Type.Integer({
    default: limits.requestsPerAddress,
    minimum: 0,
    description: 'requests a minute that one address may send; 0 is no limit',
  }),
  REQUESTS_PER_PERSON: Type.Integer({
    default: limits.requestsPerPerson,
    minimum: 0,
    description: 'requests a minute that one account may send; 0 is no limit',
  }),
  CALLS_IN_FLIGHT: Type.Integer({
    default: limits.callsInFlight,
    minimum: 1,
    description: 'booking and joining calls of one event under way at once; more are turned away with 503',
  }),
  SLOW_CALL_MS: Type.Integer({
    default: limits.slowCallMs,
    minimum: 1,
    description: 'booking calls that take longer show that too many are under way',
  }),
  PATIENCE_MS: Type.Integer({
    default: limits.patienceMs,
    minimum: 100,
    maximum: 60_000,
    description: 'how long a buyer waits for a booking before being told 202',
  }),
});

const optionalList = (value: string | undefined): readonly string[] => (value === undefined ? [] : list(value));

export type Config = ReturnType<typeof readConfig>;

/** Reads client-app's environment. Throws an error that names the variable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const read: Static<typeof Environment> = readEnvironment(Environment, env);
  return {
    host: read.HOST,
    port: read.CLIENT_APP_PORT,
    logLevel: read.LOG_LEVEL,
    tracing: tracingOf(read),
    mongodbUri: read.CLIENT_APP_MONGODB_URI,
    // Some .env formats cannot hold a line break and write it as \n.
    jwtPrivateKey: read.CLIENT_APP_JWT_PRIVATE_KEY.replaceAll('\\n', '\n'),
    jwtPreviousKeys: publicKeysIn('CLIENT_APP_JWT_PREVIOUS_PUBLIC_KEYS', read.CLIENT_APP_JWT_PREVIOUS_PUBLIC_KEYS),
    serviceSecrets: optionalList(read.CLIENT_APP_SERVICE_SECRETS),
    ticketAppUrl: read.TICKET_APP_URL,
    ticketAppServiceSecrets: list(read.TICKET_APP_SERVICE_SECRETS),
    ticketingWebhookSecrets: list(read.TICKETING_WEBHOOK_SECRETS),
    accessTokenSeconds: read.ACCESS_TOKEN_SECONDS,
    sessionTimes: { idleMs: read.SESSION_IDLE_DAYS * dayMs, longestMs: read.SESSION_DAYS * dayMs },
    attemptLimits: { signInFailuresPerIp: read.SIGN_IN_FAILURES, registrationsPerIp: read.REGISTRATIONS },
    corsOrigins: optionalList(read.CORS_ORIGINS),
    trustedProxies: read.TRUSTED_PROXIES,
    requestsPerAddress: read.REQUESTS_PER_ADDRESS,
    requestsPerPerson: read.REQUESTS_PER_PERSON,
    callsInFlight: read.CALLS_IN_FLIGHT,
    slowCallMs: read.SLOW_CALL_MS,
    patienceMs: read.PATIENCE_MS,
  };
}
