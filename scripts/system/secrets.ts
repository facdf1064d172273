import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Keys and secrets of one development system. Never used in production, where they come from its own secret store. */
export interface Secrets {
  clientAppJwtPrivateKey: string;
  ticketSigningPrivateKey: string;
  ticketSigningPublicKey: string;
  clientAppServiceSecret: string;
  ticketAppServiceSecret: string;
  paymentAppServiceSecret: string;
  ticketingWebhookSecret: string;
  paymentWebhookSecret: string;
  organizerXApiKey: string;
  organizerYKeyId: string;
  organizerYSecret: string;
}

/** Reads `<dir>/secrets.json`, or makes it with mode 0600. Entries that an older version lacks are added. */
export function loadSecrets(dir: string): Secrets {
  const file = path.join(dir, 'secrets.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const made = makeSecrets();
  const secrets = { ...made, ...kept };
  if (Object.keys(made).every((name) => name in kept)) return secrets;
  // The two halves of a key pair belong together.
  if (kept.ticketSigningPrivateKey === undefined || kept.ticketSigningPublicKey === undefined) {
    secrets.ticketSigningPrivateKey = made.ticketSigningPrivateKey;
    secrets.ticketSigningPublicKey = made.ticketSigningPublicKey;
  }
  mkdirSync(dir, { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

/** Fresh ones. */
export function makeSecrets(): Secrets {
  const jwt = ed25519();
  const ticket = ed25519();
  return {
    clientAppJwtPrivateKey: jwt.privateKey,
    ticketSigningPrivateKey: ticket.privateKey,
    ticketSigningPublicKey: ticket.publicKey,
    clientAppServiceSecret: randomBytes(32).toString('base64url'),
    ticketAppServiceSecret: randomBytes(32).toString('base64url'),
    paymentAppServiceSecret: randomBytes(32).toString('base64url'),
    ticketingWebhookSecret: webhookSecret(),
    paymentWebhookSecret: webhookSecret(),
    organizerXApiKey: randomBytes(24).toString('base64url'),
    organizerYKeyId: `kursi-${randomBytes(4).toString('hex')}`,
    organizerYSecret: randomBytes(32).toString('base64url'),
  };
}

function ed25519(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
    publicKeyEncoding: { format: 'pem', type: 'spki' },
  });
}

/** As Standard Webhooks writes them: 24 to 64 random bytes in base64 behind a prefix. */
function webhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
