import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeSecrets } from '../system/secrets.ts';

/** Who may sign in to a database, and where it is in the compose file. */
const databases = [
  { user: 'client-app', host: 'mongodb-client', database: 'kursi_client', name: 'client_app' },
  { user: 'ticket-app', host: 'mongodb-ticket', database: 'kursi_ticket', name: 'ticket_app' },
  { user: 'payment-app', host: 'mongodb-payment', database: 'kursi_payment', name: 'payment_app' },
  { user: 'organizer-x', host: 'mongodb-organizers', database: 'kursi_organizer_x', name: 'organizer_x' },
  { user: 'organizer-y', host: 'mongodb-organizers', database: 'kursi_organizer_y', name: 'organizer_y' },
] as const;
const engines = ['client', 'ticket', 'payment', 'organizers'] as const;

/** 32 bytes; neither an address nor a shell minds its letters. */
const random = (): string => randomBytes(32).toString('base64url');

/** A folder's files by name, with fresh contents. Files that belong together are made together. */
function freshSecrets(): Record<string, string>[] {
  const made = makeSecrets();
  return [
    { client_app_jwt_private_key: made.clientAppJwtPrivateKey },
    {
      ticket_signing_private_key: made.ticketSigningPrivateKey,
      ticket_signing_public_key: made.ticketSigningPublicKey,
    },
    { client_app_service_secrets: made.clientAppServiceSecret },
    { ticket_app_service_secrets: made.ticketAppServiceSecret },
    { payment_app_service_secrets: made.paymentAppServiceSecret },
    { ticketing_webhook_secrets: made.ticketingWebhookSecret },
    { payment_webhook_secrets: made.paymentWebhookSecret },
    { organizer_x_api_key: made.organizerXApiKey },
    { organizer_y_key_id: made.organizerYKeyId },
    { organizer_y_secret: made.organizerYSecret },
    ...databases.map(({ user, host, database, name }) => ({
      [`${name}_mongodb_uri`]: `mongodb://${user}:${random()}@${host}:27017/${database}?replicaSet=rs0`,
    })),
    ...engines.map((engine) => ({ [`mongodb_${engine}_root_password`]: random() })),
    ...engines.map((engine) => ({ [`mongodb_${engine}_key`]: randomBytes(96).toString('base64') })),
    { temporal_postgres_password: random() },
  ];
}

/**
 * Puts a file for each secret of docker-compose.yml into `dir`, and returns the names of those that it made; files that are
 * there stay as they are. Only the folder keeps others of this machine out: a container's user, who is another one, must be
 * able to read the files that are mounted.
 * Throws an error when of two that belong together only one is there.
 */
export function makeSecretFiles(dir: string): string[] {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return freshSecrets().flatMap((group) => {
    const names = Object.keys(group);
    const missing = names.filter((name) => !existsSync(path.join(dir, name)));
    if (missing.length > 0 && missing.length < names.length) {
      throw new Error(`In ${dir}, ${missing.join(', ')} is missing, which belongs to ${names.join(' and ')}.`);
    }
    for (const name of missing) writeFileSync(path.join(dir, name), `${group[name]}\n`, { mode: 0o444, flag: 'wx' });
    return missing;
  });
}
