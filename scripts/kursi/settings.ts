import { Type } from 'typebox';
import { list, readEnvironment } from '../../lib/config/environment.ts';
import { type TemporalConfig, temporalEnvironment } from '../../temporal/connection.ts';
import { urlsAt } from '../system/environment.ts';
import { portsAt } from '../system/ports.ts';
import { loadSecrets } from '../system/secrets.ts';
import { readRunningSystem } from '../system/state-file.ts';
import { exitCodes, Failure } from './failure.ts';

const url = (description: string) => Type.String({ pattern: '^https?://.+[^/]$', description });
const secrets = Type.String({ minLength: 1, description: 'a secret of the service' });

export const Environment = Type.Object({
  ...temporalEnvironment,
  CLIENT_APP_URL: url('where client-app listens'),
  CLIENT_APP_SERVICE_SECRETS: secrets,
  TICKET_APP_URL: url('where ticket-app listens'),
  TICKET_APP_SERVICE_SECRETS: secrets,
  PAYMENT_APP_URL: url('where payment-app listens'),
  PAYMENT_APP_SERVICE_SECRETS: secrets,
  ORGANIZER_X_URL: Type.Optional(url('where organizer X listens')),
  ORGANIZER_Y_URL: Type.Optional(url('where organizer Y listens')),
  KURSI_WORKER_URLS: Type.Optional(
    Type.String({ description: 'where the workers tell how they are, comma-separated' }),
  ),
  TEMPORAL_UI_URL: Type.Optional(url("Temporal's Web UI, for links")),
});

export interface Place {
  url: string;
  secret: string;
}

/** Where the services are, and what lets us in. */
export interface Settings {
  clientApp: Place;
  ticketApp: Place;
  paymentApp: Place;
  temporal: TemporalConfig;
  temporalUi: string | undefined;
  /** Base URL of every process that tells how it is, by name. */
  processes: Record<string, string>;
}

/** What a development system of this folder would have in its environment, if one runs. */
function developmentEnvironment(dir: string): Record<string, string> {
  const system = readRunningSystem(dir);
  if (!system) return {};
  const ports = portsAt(system.portOffset);
  const urls = urlsAt(ports);
  const kept = loadSecrets(dir);
  return {
    CLIENT_APP_URL: urls.clientApp,
    CLIENT_APP_SERVICE_SECRETS: kept.clientAppServiceSecret,
    TICKET_APP_URL: urls.ticketApp,
    TICKET_APP_SERVICE_SECRETS: kept.ticketAppServiceSecret,
    PAYMENT_APP_URL: urls.paymentApp,
    PAYMENT_APP_SERVICE_SECRETS: kept.paymentAppServiceSecret,
    ORGANIZER_X_URL: urls.organizerX,
    ORGANIZER_Y_URL: urls.organizerY,
    KURSI_WORKER_URLS: `http://127.0.0.1:${ports['ticketing-worker']}`,
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
    ...(system.urls.temporalUi && { TEMPORAL_UI_URL: system.urls.temporalUi }),
  };
}

function numbered(urls: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    urls.map((url, index) => [urls.length === 1 ? 'ticketing-worker' : `ticketing-worker ${index + 1}`, url]),
  );
}

/**
 * The same variables as the services', and what they do not say from the development system that runs in KURSI_DIR.
 * Throws a `Failure` that names the variable.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const dir = env.KURSI_DIR || '.kursi';
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const read = (() => {
    try {
      return readEnvironment(Environment, { ...developmentEnvironment(dir), ...given });
    } catch (error) {
      const hint = `No development system runs in ${dir}: start one (npm start), or name another folder (KURSI_DIR).`;
      const message = readRunningSystem(dir) ? (error as Error).message : `${(error as Error).message} ${hint}`;
      throw new Failure(exitCodes.usage, 'not_configured', message);
    }
  })();
  const place = (url: string, secrets: string): Place => ({ url, secret: list(secrets)[0] });
  const { ORGANIZER_X_URL: x, ORGANIZER_Y_URL: y, KURSI_WORKER_URLS: workers } = read;
  return {
    clientApp: place(read.CLIENT_APP_URL, read.CLIENT_APP_SERVICE_SECRETS),
    ticketApp: place(read.TICKET_APP_URL, read.TICKET_APP_SERVICE_SECRETS),
    paymentApp: place(read.PAYMENT_APP_URL, read.PAYMENT_APP_SERVICE_SECRETS),
    temporal: read,
    temporalUi: read.TEMPORAL_UI_URL,
    processes: {
      'client-app': read.CLIENT_APP_URL,
      'ticket-app': read.TICKET_APP_URL,
      'payment-app': read.PAYMENT_APP_URL,
      ...(x && { 'organizer-x': x }),
      ...(y && { 'organizer-y': y }),
      ...(workers && numbered(list(workers))),
    },
  };
}
