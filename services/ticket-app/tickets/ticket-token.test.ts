import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { SignJWT } from 'jose';
import { before, describe, it } from 'mocha';
import { signTicketToken, type TicketClaims, verifyTicketToken } from './ticket-token.ts';

const claims: TicketClaims = {
  ticketNumber: 'KRS-7H2K-9QXM-2',
  bookingId: '0199a3c1-7c5e-7b44-9c1d-3f1f6f0f8a21',
  eventId: '0199a3b0-11aa-7d2e-8f60-5a2b9d7c4e10',
  seatId: 'TRIBUNE-C-14-128',
  validFrom: new Date('2026-11-21T03:00:00Z'),
  validUntil: new Date('2026-12-12T17:00:00Z'),
};
const duringTheEvent = new Date('2026-12-12T12:00:00Z');

describe('ticket token', () => {
  let keys: { privateKey: KeyObject; publicKey: KeyObject };
  let token: string;

  before(async () => {
    keys = generateKeyPairSync('ed25519');
    token = await signTicketToken(claims, keys.privateKey);
  });

  const verify = (candidate: string, at = duringTheEvent) => verifyTicketToken(candidate, keys.publicKey, at);
  const reseal = (part: 0 | 1, change: (json: Record<string, unknown>) => void): string => {
    const parts = token.split('.');
    const json = JSON.parse(Buffer.from(parts[part]!, 'base64url').toString());
    change(json);
    parts[part] = Buffer.from(JSON.stringify(json)).toString('base64url');
    return parts.join('.');
  };

  it('gives back the claims at the gate', async () => {
    expect(await verify(token)).to.deep.equal({ outcome: 'valid', claims });
  });

  it('is found by any of the keys that a gate knows, and by no other', async () => {
    const [next, other] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
    const byNext = await signTicketToken(claims, next.privateKey);
    const known = [next.publicKey, keys.publicKey];
    for (const one of [token, byNext]) {
      expect(await verifyTicketToken(one, known, duringTheEvent)).to.deep.equal({ outcome: 'valid', claims });
      expect(await verifyTicketToken(one, known, claims.validUntil)).to.deep.equal({ outcome: 'expired', claims });
    }
    expect(await verifyTicketToken(byNext, [keys.publicKey], duringTheEvent)).to.deep.equal({ outcome: 'forged' });
    const byOther = await signTicketToken(claims, other.privateKey);
    expect(await verifyTicketToken(byOther, known, duringTheEvent)).to.deep.equal({ outcome: 'forged' });
  });

  it('is the same on every try, also with a key read anew', async () => {
    const pem = keys.privateKey.export({ format: 'pem', type: 'pkcs8' });
    expect(await signTicketToken(claims, createPrivateKey(pem))).to.equal(token);
  });

  it('carries identifiers and times, nothing about a person', () => {
    const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header!)).to.deep.equal({ alg: 'EdDSA', typ: 'ticket+jwt' });
    expect(Object.keys(JSON.parse(payload!))).to.have.members(['jti', 'bid', 'eid', 'sid', 'nbf', 'exp']);
  });

  it('is expired from its last second on, and not valid before its first', async () => {
    const oneSecondBefore = (at: Date) => new Date(at.getTime() - 1000);
    expect(await verify(token, oneSecondBefore(claims.validUntil))).to.include({ outcome: 'valid' });
    expect(await verify(token, claims.validUntil)).to.deep.equal({ outcome: 'expired', claims });
    expect(await verify(token, claims.validFrom)).to.include({ outcome: 'valid' });
    expect(await verify(token, oneSecondBefore(claims.validFrom))).to.deep.equal({ outcome: 'not_yet_valid', claims });
  });

  it('is forged when the seat was changed', async () => {
    const upgraded = reseal(1, (payload) => {
      payload.sid = 'VIP-A-1';
    });
    expect(await verify(upgraded)).to.deep.equal({ outcome: 'forged' });
  });

  it('is forged when an expired one was given a later end', async () => {
    const prolonged = reseal(1, (payload) => {
      payload.exp = 4_000_000_000;
    });
    expect(await verify(prolonged, new Date('2027-01-01T00:00:00Z'))).to.deep.equal({ outcome: 'forged' });
  });

  it('is forged when any one character of the signature was changed', async () => {
    const signatureAt = token.lastIndexOf('.') + 1;
    // The last character carries 4 unused bits, so only those before it must differ.
    for (let i = signatureAt; i < token.length - 1; i++) {
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
      expect((await verify(changed)).outcome, `character ${i}`).to.equal('forged');
    }
  });

  it('is forged when another key signed it', async () => {
    const stranger = generateKeyPairSync('ed25519');
    expect(await verify(await signTicketToken(claims, stranger.privateKey))).to.deep.equal({ outcome: 'forged' });
    expect(await verifyTicketToken(token, stranger.publicKey, duringTheEvent)).to.deep.equal({ outcome: 'forged' });
  });

  it('is forged without a signature, or signed with the public key as a shared secret', async () => {
    const none = reseal(0, (header) => {
      header.alg = 'none';
    });
    expect(await verify(`${none.slice(0, none.lastIndexOf('.'))}.`)).to.deep.equal({ outcome: 'forged' });

    const input = reseal(0, (header) => {
      header.alg = 'HS256';
    }).replace(/\.[^.]*$/, '');
    const secret = keys.publicKey.export({ format: 'pem', type: 'spki' });
    const mac = createHmac('sha256', secret).update(input).digest('base64url');
    expect(await verify(`${input}.${mac}`)).to.deep.equal({ outcome: 'forged' });
  });

  it('is forged when it demands an extension that no ticket has, rightly signed or not', async () => {
    const extended = reseal(0, (header) => {
      header.crit = ['seat'];
      header.seat = 'VIP-A-1';
    });
    expect(await verify(extended)).to.deep.equal({ outcome: 'forged' });
  });

  it('is no ticket when the key signed it as something else, or with claims missing', async () => {
    const sign = (payload: Record<string, unknown>, typ: string) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', typ }).sign(keys.privateKey);
    const payload = { jti: 'T', bid: 'b', eid: 'e', sid: 's', nbf: 0, exp: 4_000_000_000 };
    expect(await verify(await sign(payload, 'ticket+jwt'))).to.include({ outcome: 'valid' });
    expect(await verify(await sign(payload, 'JWT'))).to.deep.equal({ outcome: 'not_a_ticket' });
    const { exp: _, ...endless } = payload;
    expect(await verify(await sign(endless, 'ticket+jwt'))).to.deep.equal({ outcome: 'not_a_ticket' });
    expect(await verify(await sign({ ...payload, sid: 7 }, 'ticket+jwt'))).to.deep.equal({ outcome: 'not_a_ticket' });
    expect(await verify(await sign({ ...payload, exp: 'x' }, 'ticket+jwt'))).to.deep.equal({ outcome: 'not_a_ticket' });
  });

  it('is unreadable when it is some other code', async () => {
    for (const text of ['', 'https://example.com/menu', 'a.b', 'a.b.c', '...', '\u0000', `${token}.x`]) {
      expect(await verify(text), JSON.stringify(text)).to.deep.equal({ outcome: 'unreadable' });
    }
  });

  it('is not signed for an empty validity', async () => {
    const failure = await signTicketToken({ ...claims, validUntil: claims.validFrom }, keys.privateKey).catch((e) => e);
    expect(failure).to.be.instanceOf(RangeError);
  });
});
