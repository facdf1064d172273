import { Type } from 'typebox';
import { previousPublicKeys, publicKeysIn } from '../../lib/auth/public-keys.ts';
import { list, readEnvironment } from '../../lib/config/environment.ts';
import { limits } from '../../lib/contracts/limits.ts';
import { tracingEnvironment, tracingOf } from '../../lib/tracing/tracing.ts';
import { type TemporalConfig, temporalEnvironment } from '../../temporal/connection.ts';

const port = (otherwise: number) => Type.Integer({ minimum: 0, maximum: 65_535, default: otherwise });
const url = (description: string) => Type.String({ pattern: '^https?://.+[^/]$', description });
const secrets = Type.String({ minLength: 16, description: 'one or two secrets, separated by a comma' });

export const Environment = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  ...tracingEnvironment,
  LOG_LEVEL: Type.String({ default: 'info' }),
  TICKET_APP_PORT: port(3002),
  TICKET_APP_MONGODB_URI: Type.String({
    pattern: '^mongodb(\\+srv)?://.+/.+',
    description: 'a MongoDB URI with a database name, e.g. mongodb://127.0.0.1:27017/kursi_ticket',
  }),
  TICKET_APP_SERVICE_SECRETS: secrets,
  CLIENT_APP_JWKS_URL: url("client-app's public keys, e.g. http://127.0.0.1:3001/.well-known/jwks.json"),
  CLIENT_APP_WEBHOOK_URL: url('where client-app takes webhooks'),
  TICKETING_WEBHOOK_SECRETS: secrets,
  PAYMENT_WEBHOOK_SECRETS: secrets,
  PAYMENT_APP_URL: url('where payment-app listens, without a trailing slash'),
  PAYMENT_APP_SERVICE_SECRETS: secrets,
  BOOKINGS_IN_FLIGHT: Type.Integer({
    default: limits.bookingsInFlight,
    minimum: 1,
    maximum: 10_000,
    description: 'bookings that may be in the making at once; more are turned away with 503',
  }),
  TICKET_SIGNING_PUBLIC_KEY: Type.String({ pattern: 'BEGIN PUBLIC KEY', description: 'an Ed25519 key, SPKI PEM' }),
  TICKET_SIGNING_PREVIOUS_PUBLIC_KEYS: previousPublicKeys('the same of keys that signed tickets which are still about'),
  ...temporalEnvironment,
});

/** Reads ticket-app's configuration. Throws an error that names the variable which is missing or wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env) {
  const read = readEnvironment(Environment, env);
  return {
    host: read.HOST,
    port: read.TICKET_APP_PORT,
    logLevel: read.LOG_LEVEL,
    tracing: tracingOf(read),
    mongodbUri: read.TICKET_APP_MONGODB_URI,
    serviceSecrets: list(read.TICKET_APP_SERVICE_SECRETS),
    clientAppJwksUrl: read.CLIENT_APP_JWKS_URL,
    clientAppWebhookUrl: read.CLIENT_APP_WEBHOOK_URL,
    ticketingWebhookSecret: list(read.TICKETING_WEBHOOK_SECRETS)[0],
    paymentWebhookSecrets: list(read.PAYMENT_WEBHOOK_SECRETS),
    paymentAppUrl: read.PAYMENT_APP_URL,
    paymentAppServiceSecrets: list(read.PAYMENT_APP_SERVICE_SECRETS),
    bookingsInFlight: read.BOOKINGS_IN_FLIGHT,
    /** The key in use comes first. */
    ticketKeys: [
      ...publicKeysIn('TICKET_SIGNING_PUBLIC_KEY', read.TICKET_SIGNING_PUBLIC_KEY),
      ...publicKeysIn('TICKET_SIGNING_PREVIOUS_PUBLIC_KEYS', read.TICKET_SIGNING_PREVIOUS_PUBLIC_KEYS),
    ],
    temporal: read satisfies TemporalConfig,
  };
}
