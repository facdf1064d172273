import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, SignJWT } from 'jose';
import { audience, issuer, type Principal, verifyAccessToken } from '../../../lib/auth/access-token.ts';
import { jwksOf } from '../../../lib/auth/public-keys.ts';

export interface AccessTokens {
  /** What `/.well-known/jwks.json` tells: the public keys, no more. */
  jwks: JSONWebKeySet;
  issue(principal: Principal): Promise<{ accessToken: string; expiresIn: number }>;
  /** Whom a token speaks for, or undefined if it is forged or stale. */
  verify(token: string): Promise<Principal | undefined>;
}

/**
 * Throws if the PEM is not an Ed25519 private key. A token is good for `seconds`; tokens that one of the keys `before` has
 * signed are taken, but no new ones are signed by it.
 */
export async function createAccessTokens(
  privateKeyPem: string,
  seconds: number,
  before: readonly KeyObject[] = [],
): Promise<AccessTokens> {
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Error(`CLIENT_APP_JWT_PRIVATE_KEY must be an Ed25519 key, not ${privateKey.asymmetricKeyType}.`);
  }
  const jwks: JSONWebKeySet = { keys: await jwksOf([createPublicKey(privateKey), ...before]) };
  const kid = String(jwks.keys[0]?.kid);
  const keys = createLocalJWKSet(jwks);
  return {
    jwks,
    async issue(principal) {
      const accessToken = await new SignJWT({ role: principal.role, sid: principal.sessionId })
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(principal.userId)
        .setIssuedAt()
        .setExpirationTime(`${seconds}s`)
        .sign(privateKey);
      return { accessToken, expiresIn: seconds };
    },
    verify: (token) => verifyAccessToken(token, keys),
  };
}
