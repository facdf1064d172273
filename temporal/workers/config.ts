import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type { OrganizersConfig } from '../../activities/organizers/organizers.ts';
import { list, readEnvironment } from '../../lib/config/environment.ts';
import { limits } from '../../lib/contracts/limits.ts';
import { tracingEnvironment } from '../../lib/tracing/tracing.ts';
import { temporalEnvironment } from '../connection.ts';

export const Environment = Type.Object({
  ...temporalEnvironment,
  HOST: Type.String({ default: '127.0.0.1' }),
  ...tracingEnvironment,
  LOG_LEVEL: Type.String({ default: 'info' }),
  WORKER_METRICS_PORT: Type.Integer({ default: 3020, description: 'health and metrics of the worker' }),
  WORKER_BUILD_ID: Type.Optional(
    Type.String({ description: 'switches worker versioning on: bookings stay with the build that began them' }),
  ),
  TICKET_APP_MONGODB_URI: Type.String({ description: 'mongodb://…/kursi_ticket' }),
  ORGANIZER_X_URL: Type.String({ description: 'base URL of organizer X' }),
  ORGANIZER_X_API_KEY: Type.String(),
  ORGANIZER_Y_URL: Type.String({ description: 'base URL of organizer Y' }),
  ORGANIZER_Y_KEY_ID: Type.String(),
  ORGANIZER_Y_SECRET: Type.String(),
  PAYMENT_APP_URL: Type.String({ description: 'base URL of payment-app' }),
  PAYMENT_APP_SERVICE_SECRETS: Type.String({ description: 'comma-separated; the first one is used' }),
  CLIENT_APP_WEBHOOK_URL: Type.String({ description: 'where client-app takes webhooks' }),
  TICKETING_WEBHOOK_SECRETS: Type.String({ description: 'whsec_…, comma-separated; the first one signs' }),
  TICKET_SIGNING_PRIVATE_KEY: Type.String({ description: 'Ed25519, PKCS8 PEM: signs the codes on tickets' }),
  HOLD_SECONDS: Type.Integer({
    default: limits.holdMs / 1000,
    minimum: 1,
    description: 'how long an unpaid booking keeps its seats',
  }),
  OFFER_SECONDS: Type.Integer({
    default: limits.offerMs / 1000,
    minimum: 1,
    description: 'how long a person who was promoted from the waitlist has to pay',
  }),
});

export interface WorkerConfig extends Static<typeof Environment> {
  paymentAppSecret: string;
  webhookSecret: string;
  ticketSigningKey: KeyObject;
  organizers: OrganizersConfig;
}

function ticketSigningKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The parser's own words name no variable.
  }
  throw new Error('Environment variable TICKET_SIGNING_PRIVATE_KEY must be an Ed25519 private key, PKCS8 PEM.');
}

/** Throws an error that names the variable. */
export function readWorkerConfig(env: NodeJS.ProcessEnv = process.env): WorkerConfig {
  const config = readEnvironment(Environment, env);
  return {
    ...config,
    paymentAppSecret: list(config.PAYMENT_APP_SERVICE_SECRETS)[0],
    webhookSecret: list(config.TICKETING_WEBHOOK_SECRETS)[0],
    ticketSigningKey: ticketSigningKey(config.TICKET_SIGNING_PRIVATE_KEY),
    organizers: {
      x: { url: config.ORGANIZER_X_URL, apiKey: config.ORGANIZER_X_API_KEY },
      y: { url: config.ORGANIZER_Y_URL, keyId: config.ORGANIZER_Y_KEY_ID, secret: config.ORGANIZER_Y_SECRET },
    },
  };
}
