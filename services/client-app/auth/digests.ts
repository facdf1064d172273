import { createHmac, hkdfSync } from 'node:crypto';

/** Stands for a text that is not to be stored; equal texts of one purpose have equal digests. */
export type Digest = (purpose: string, text: string) => string;

/**
 * Digests under a key that is made of the signing key and is in no database: who has read one cannot try addresses or
 * passwords on it. Another signing key makes other digests, by which no more is lost than counts of failed attempts.
 */
export function createDigest(jwtPrivateKeyPem: string): Digest {
  const key = Buffer.from(hkdfSync('sha256', jwtPrivateKeyPem, '', 'kursi client-app digests', 32));
  return (purpose, text) => createHmac('sha256', key).update(`${purpose}\n${text}`).digest('base64url');
}
