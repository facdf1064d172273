import { createPrivateKey, createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, type JSONWebKeySet, SignJWT } from 'jose';
import { audience, issuer, type Principal, verifyAccessToken } from '../../../lib/auth/access-token.ts';

/** Long enough for an evening of buying. There are no refresh tokens yet: whoever is signed out signs in again. */
const accessTokenSeconds = 12 * 3_600;

export interface AccessTokens {
  /** What `/.well-known/jwks.json` tells: the public keys, no more. */
  jwks: JSONWebKeySet;
  issue(principal: Principal): Promise<{ accessToken: string; expiresIn: number }>;
  /** Whom a token speaks for, or undefined if it is forged or stale. */
  verify(token: string): Promise<Principal | undefined>;
}

/** Throws if the PEM is not an Ed25519 private key. */
export async function createAccessTokens(privateKeyPem: string): Promise<AccessTokens> {
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
      const accessToken = await new SignJWT({ role: principal.role })
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(principal.userId)
        .setIssuedAt()
        .setExpirationTime(`${accessTokenSeconds}s`)
        .sign(privateKey);
      return { accessToken, expiresIn: accessTokenSeconds };
    },
    verify: (token) => verifyAccessToken(token, keys),
  };
}
