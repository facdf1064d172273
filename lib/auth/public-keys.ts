import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { Type } from 'typebox';

const blocks = /-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g;

/** Of an environment variable: keys that no longer sign, one PEM after the other. */
export const previousPublicKeys = (description: string) =>
  Type.Optional(Type.String({ pattern: 'BEGIN PUBLIC KEY', description }));

/** The Ed25519 public keys in a text of PEM blocks. Throws an error that names the variable which it is of. */
export function publicKeysIn(variable: string, pem: string | undefined): KeyObject[] {
  if (pem === undefined) return [];
  // Some .env formats cannot hold a line break and write it as \n.
  const keys = (pem.replaceAll('\\n', '\n').match(blocks) ?? []).map((block) => {
    try {
      const key = createPublicKey(block);
      if (key.asymmetricKeyType === 'ed25519') return key;
    } catch {
      // The parser's own words name no variable.
    }
    throw new Error(`${variable} must be Ed25519 public keys, SPKI PEM.`);
  });
  if (keys.length === 0) throw new Error(`${variable} holds no whole public key.`);
  return keys;
}

async function jwkOf(key: KeyObject): Promise<JWK & { kid: string }> {
  const jwk = await exportJWK(key);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA', use: 'sig' };
}

/** As a JWK set tells them, each once: whoever finds two of one `kid` takes neither. `kid` is the RFC 7638 thumbprint. */
export async function jwksOf(keys: readonly KeyObject[]): Promise<JWK[]> {
  const all = await Promise.all(keys.map(jwkOf));
  return [...new Map(all.map((jwk) => [jwk.kid, jwk])).values()];
}
