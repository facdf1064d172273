import type { DatabasePlan } from './databases.ts';
import type { Ports } from './ports.ts';
import type { Secrets } from './secrets.ts';

export interface TemporalPlace {
  address: string;
  namespace: string;
  /** Undefined for a cluster that was given by its address. */
  ui: string | undefined;
}

export interface Urls {
  clientApp: string;
  ticketApp: string;
  paymentApp: string;
  organizerX: string;
  organizerY: string;
  temporalUi?: string;
}

export function urlsAt(ports: Ports): Urls {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    clientApp: at(ports['client-app']),
    ticketApp: at(ports['ticket-app']),
    paymentApp: at(ports['payment-app']),
    organizerX: at(ports['organizer-x']),
    organizerY: at(ports['organizer-y']),
  };
}

/**
 * What the processes read from their environment: addresses, ports and secrets. They share one set, because in
 * development they run side by side on one machine; in production each gets only its own.
 */
export function processEnvironment(
  ports: Ports,
  databases: DatabasePlan,
  temporal: TemporalPlace,
  secrets: Secrets,
): Record<string, string> {
  const urls = urlsAt(ports);
  return {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    CLIENT_APP_PORT: String(ports['client-app']),
    CLIENT_APP_MONGODB_URI: databases.uris['client-app'],
    CLIENT_APP_JWT_PRIVATE_KEY: secrets.clientAppJwtPrivateKey,
    CLIENT_APP_SERVICE_SECRETS: secrets.clientAppServiceSecret,
    CLIENT_APP_URL: urls.clientApp,
    CLIENT_APP_JWKS_URL: `${urls.clientApp}/.well-known/jwks.json`,
    CLIENT_APP_WEBHOOK_URL: `${urls.clientApp}/webhooks/ticketing`,
    TICKET_APP_PORT: String(ports['ticket-app']),
    TICKET_APP_MONGODB_URI: databases.uris['ticket-app'],
    TICKET_APP_URL: urls.ticketApp,
    TICKET_APP_SERVICE_SECRETS: secrets.ticketAppServiceSecret,
    TICKET_SIGNING_PRIVATE_KEY: secrets.ticketSigningPrivateKey,
    TICKET_SIGNING_PUBLIC_KEY: secrets.ticketSigningPublicKey,
    TICKETING_WEBHOOK_SECRETS: secrets.ticketingWebhookSecret,
    PAYMENT_APP_PORT: String(ports['payment-app']),
    PAYMENT_APP_MONGODB_URI: databases.uris['payment-app'],
    PAYMENT_APP_URL: urls.paymentApp,
    PAYMENT_APP_PUBLIC_URL: urls.paymentApp,
    PAYMENT_APP_SERVICE_SECRETS: secrets.paymentAppServiceSecret,
    PAYMENT_WEBHOOK_SECRETS: secrets.paymentWebhookSecret,
    WEBHOOK_URL: `${urls.ticketApp}/webhooks/payments`,
    ORGANIZER_X_PORT: String(ports['organizer-x']),
    ORGANIZER_X_MONGODB_URI: databases.uris['organizer-x'],
    ORGANIZER_X_URL: urls.organizerX,
    ORGANIZER_X_API_KEY: secrets.organizerXApiKey,
    ORGANIZER_Y_PORT: String(ports['organizer-y']),
    ORGANIZER_Y_MONGODB_URI: databases.uris['organizer-y'],
    ORGANIZER_Y_URL: urls.organizerY,
    ORGANIZER_Y_KEY_ID: secrets.organizerYKeyId,
    ORGANIZER_Y_SECRET: secrets.organizerYSecret,
    WORKER_METRICS_PORT: String(ports['ticketing-worker']),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  };
}

/** The environment a child starts from: ours without what npm and a test run add to it. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].startsWith('npm_') && !entry[0].startsWith('NODE_CHANNEL_'),
  );
  return Object.fromEntries(entries);
}
