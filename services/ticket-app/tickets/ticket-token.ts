import type { KeyObject } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type CryptoKey, errors, jwtVerify, SignJWT } from 'jose';
import { type Static, Type } from 'typebox';

/** EdDSA with Ed25519: 64-byte signatures keep the QR small, and equal claims give equal bytes, so a retry prints the same code. */
const ALGORITHM = 'EdDSA';
/** An explicit type (RFC 8725, 3.11): no other token signed with this key can pass as a ticket. */
const TOKEN_TYPE = 'ticket+jwt';

/**
 * Short names, since each character makes the QR denser. Only identifiers: a photographed code names nobody.
 * `jti` is the ticket number, `bid` the booking, `eid` the event, `sid` the seat; `nbf` and `exp` are seconds since 1970.
 */
const TokenPayload = Type.Object({
  jti: Type.String({ minLength: 1 }),
  bid: Type.String({ minLength: 1 }),
  eid: Type.String({ minLength: 1 }),
  sid: Type.String({ minLength: 1 }),
  nbf: Type.Integer(),
  exp: Type.Integer(),
});
const isTokenPayload = new Ajv2020({ strict: true }).compile<Static<typeof TokenPayload>>(TokenPayload);

export type TicketClaims = {
  ticketNumber: string;
  bookingId: string;
  eventId: string;
  seatId: string;
  /** Kept to the second. */
  validFrom: Date;
  /** Kept to the second; no later than the event's end (and what the gates are granted after it). */
  validUntil: Date;
};

export type TicketVerification =
  | { outcome: 'valid'; claims: TicketClaims }
  | { outcome: 'expired'; claims: TicketClaims }
  | { outcome: 'not_yet_valid'; claims: TicketClaims }
  /** It has a token's form, but the holder of the key did not sign it (or it names an algorithm or an extension that is not ours). */
  | { outcome: 'forged' }
  /** Signed with the key, but not as a ticket: another type, or claims missing. */
  | { outcome: 'not_a_ticket' }
  /** Not a token at all: a misread code, or another QR. */
  | { outcome: 'unreadable' };

/**
 * The compact JWS that goes into a seat's QR. Equal claims and key give an equal token.
 * Throws RangeError when the validity is empty, and what `jose` throws when the key is not Ed25519.
 */
export async function signTicketToken(claims: TicketClaims, privateKey: CryptoKey | KeyObject): Promise<string> {
  if (claims.validUntil <= claims.validFrom) {
    throw new RangeError(`Ticket ${claims.ticketNumber}: validUntil must be after validFrom`);
  }
  const payload: Static<typeof TokenPayload> = {
    jti: claims.ticketNumber,
    bid: claims.bookingId,
    eid: claims.eventId,
    sid: claims.seatId,
    nbf: toSeconds(claims.validFrom),
    exp: toSeconds(claims.validUntil),
  };
  return new SignJWT(payload).setProtectedHeader({ alg: ALGORITHM, typ: TOKEN_TYPE }).sign(privateKey);
}

type PublicKey = CryptoKey | KeyObject;

/**
 * What a gate needs to know of a scanned code; works offline. Any of the keys may have signed it: the code names none, since
 * that would make it a tenth longer, and a gate knows two or three keys at most. Whether the ticket was used or revoked is not in the
 * code: the gate asks the ticket record or its revocation list. Every outcome is a value; only a wrong kind of key throws.
 */
export async function verifyTicketToken(
  token: string,
  publicKeys: PublicKey | readonly PublicKey[],
  now: Date = new Date(),
): Promise<TicketVerification> {
  for (const key of [publicKeys].flat()) {
    const verification = await verifyBy(token, key, now);
    if (verification.outcome !== 'forged') return verification;
  }
  return { outcome: 'forged' };
}

async function verifyBy(token: string, publicKey: PublicKey, now: Date): Promise<TicketVerification> {
  try {
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: [ALGORITHM],
      typ: TOKEN_TYPE,
      currentDate: now,
    });
    return withClaims('valid', payload);
  } catch (error) {
    if (error instanceof errors.JOSEError) return refusal(error);
    throw error;
  }
}

function refusal(error: errors.JOSEError): TicketVerification {
  if (error instanceof errors.JWTExpired) return withClaims('expired', error.payload);
  if (error instanceof errors.JWTClaimValidationFailed) {
    const early = error.claim === 'nbf' && error.reason === 'check_failed';
    return early ? withClaims('not_yet_valid', error.payload) : { outcome: 'not_a_ticket' };
  }
  // JOSENotSupported: it names an extension that must be understood (`crit`), and none of ours does.
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  ) {
    return { outcome: 'forged' };
  }
  if (error instanceof errors.JWSInvalid) return { outcome: 'unreadable' };
  if (error instanceof errors.JWTInvalid) return { outcome: 'not_a_ticket' };
  throw error;
}

function withClaims(outcome: 'valid' | 'expired' | 'not_yet_valid', payload: unknown): TicketVerification {
  if (!isTokenPayload(payload)) return { outcome: 'not_a_ticket' };
  const { jti, bid, eid, sid, nbf, exp } = payload;
  const claims = {
    ticketNumber: jti,
    bookingId: bid,
    eventId: eid,
    seatId: sid,
    validFrom: new Date(nbf * 1000),
    validUntil: new Date(exp * 1000),
  };
  return { outcome, claims };
}

function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
