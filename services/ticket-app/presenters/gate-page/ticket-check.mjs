// Checks the code on a ticket with nothing but WebCrypto. The page of the gates runs it in the browser as it stands here.

const clock = (seconds) => new Date(seconds * 1000);
const isText = (value) => typeof value === 'string' && value.length > 0;
const isIdentified = ({ jti, bid, eid, sid }) => [jti, bid, eid, sid].every(isText);

function bytesOf(part) {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) throw new SyntaxError('It is no base64url.');
  return Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
}

function objectOf(part) {
  const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(part)));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('It is no object.');
  return value;
}

/** The parts of a compact JWS, or undefined for any other text. */
function read(text) {
  const parts = text.trim().split('.');
  if (parts.length !== 3) return undefined;
  const [head, body, seal] = parts;
  try {
    const signed = new TextEncoder().encode(`${head}.${body}`);
    return { header: objectOf(head), body, signature: bytesOf(seal), signed };
  } catch {
    return undefined;
  }
}

/** Public keys of a JWK set, ready to check with. Throws if it holds none for Ed25519. */
export async function keysOf(jwks) {
  const usable = (jwks?.keys ?? []).filter(({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519');
  if (usable.length === 0) throw new Error('There is no Ed25519 key in this key set.');
  const importKey = ({ kty, crv, x }) =>
    crypto.subtle.importKey('jwk', { kty, crv, x }, { name: 'Ed25519' }, false, ['verify']);
  return Promise.all(usable.map(importKey));
}

/** Revoked ticket numbers, of the list as `GET /events/:eventId/revoked-tickets` tells it. Throws if it is none. */
export function revokedIn(list) {
  if (!Array.isArray(list?.tickets)) throw new Error('This is no list of revoked tickets.');
  return new Set(list.tickets.map(({ ticketNumber }) => ticketNumber));
}

async function isSignedByAny(keys, { signature, signed }) {
  for (const key of keys) {
    if (await crypto.subtle.verify({ name: 'Ed25519' }, key, signature, signed)) return true;
  }
  return false;
}

function outcomeOf(payload, { now, eventId, revoked }) {
  if (eventId && payload.eid !== eventId) return 'other_event';
  if (revoked?.has(payload.jti)) return 'revoked';
  if (now < clock(payload.nbf)) return 'not_yet_valid';
  return now >= clock(payload.exp) ? 'expired' : 'valid';
}

/**
 * What a gate may know of a scanned code without a network: `valid`, `expired`, `not_yet_valid`, `revoked`, `other_event`,
 * each with `claims`; `forged`, `not_a_ticket`, `unreadable`. Whether somebody came in by it before is not in the code.
 */
export async function checkTicket(text, { keys, now = new Date(), eventId, revoked }) {
  const token = read(text);
  if (token === undefined) return { outcome: 'unreadable' };
  const { alg, typ, crit } = token.header;
  // It names another way of signing, or an extension that must be understood: none of ours does.
  if (alg !== 'EdDSA' || crit !== undefined) return { outcome: 'forged' };
  if (!(await isSignedByAny(keys, token))) return { outcome: 'forged' };
  let payload;
  try {
    payload = objectOf(token.body);
  } catch {
    return { outcome: 'not_a_ticket' };
  }
  const isTimed = Number.isInteger(payload.nbf) && Number.isInteger(payload.exp);
  if (typ !== 'ticket+jwt' || !isIdentified(payload) || !isTimed) return { outcome: 'not_a_ticket' };
  const claims = {
    ticketNumber: payload.jti,
    bookingId: payload.bid,
    eventId: payload.eid,
    seatId: payload.sid,
    validFrom: clock(payload.nbf),
    validUntil: clock(payload.exp),
  };
  return { outcome: outcomeOf(payload, { now, eventId, revoked }), claims };
}
