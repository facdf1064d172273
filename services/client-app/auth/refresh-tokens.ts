import { createHash, randomBytes } from 'node:crypto';

const secretBytes = 32;
const form = /^krt_([0-9a-f-]{36})_([A-Za-z0-9_-]{43})$/;

/** 256 random bits need no slow hash: there is nothing to guess. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** `krt_<sessionId>_<secret>`: the prefix lets scanners of leaked secrets know it. Only the hash is stored. */
export function newRefreshToken(sessionId: string): { refreshToken: string; secretHash: string } {
  const secret = randomBytes(secretBytes).toString('base64url');
  return { refreshToken: `krt_${sessionId}_${secret}`, secretHash: hashOf(secret) };
}

/** What a refresh token names, or undefined if it is none. */
export function readRefreshToken(token: string): { sessionId: string; secretHash: string } | undefined {
  const [, sessionId, secret] = form.exec(token) ?? [];
  return sessionId === undefined || secret === undefined ? undefined : { sessionId, secretHash: hashOf(secret) };
}
