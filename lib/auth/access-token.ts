import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type Static, Type } from 'typebox';
import { oneOf } from '../contracts/primitives.ts';
import { compile } from '../schema/ajv.ts';

export const issuer = 'kursi-client-app';
export const audience = 'kursi';

export const Role = oneOf(['buyer', 'organizer', 'admin']);
export type Role = Static<typeof Role>;

const Claims = compile(Type.Object({ sub: Type.String(), role: Role, sid: Type.String() }));

/** Whom an access token speaks for. */
export interface Principal {
  userId: string;
  role: Role;
  /** The session that it was issued in. Only client-app knows whether that is still going on. */
  sessionId: string;
}

/** The key set did not come, came with another status than 200 (the plain JOSEError), or is none. */
const keysAway = new Set<string>([errors.JWKSTimeout.code, errors.JOSEError.code, errors.JWKSInvalid.code]);

/** Returns whom the token speaks for, or undefined if it is forged, stale or not ours. Rejects only if the keys cannot be had. */
export async function verifyAccessToken(token: string, keys: JWTVerifyGetKey): Promise<Principal | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['EdDSA', 'Ed25519'] });
    if (!Claims.check(payload)) return undefined;
    return { userId: payload.sub, role: payload.role, sessionId: payload.sid };
  } catch (error) {
    if (!(error instanceof errors.JOSEError) || keysAway.has(error.code)) throw error;
    return undefined;
  }
}
