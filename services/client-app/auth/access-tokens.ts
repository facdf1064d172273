import { createPrivateKey, createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, type JSONWebKeySet, SignJWT } from 'jose';
import { audience, issuer, type Principal, verifyAccessToken } from '../../../lib/auth/access-token.ts';

export interface AccessTokens {
  /** What `/.well-known/jwks.json` tells: the public keys, no more. */
  jwks: JSONWebKeySet;
  issue(principal: Principal): Promise<{ accessToken: string; expiresIn: number }>;
  /** Whom a token speaks for, or undefined if it is forged or stale. */
  verify(token: string): Promise<Principal | undefined>;
}

/** Throws if the PEM is not an Ed25519 private key. A token is good for `seconds`. */
export async function createAccessTokens(privateKeyPem: string, seconds: number): Promise<AccessTokens> {
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Error(`CLIENT_APP_JWT_PRIVATE_KEY must be an Ed25519 key, not ${privateKey.asymmetricKeyType}.`);
  }
  const publicJwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(publicJwk);
  const jwks: JSONWebKeySet = { keys: [{ ...publicJwk, kid, alg: 'EdDSA', use: 'sig' }] };
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
