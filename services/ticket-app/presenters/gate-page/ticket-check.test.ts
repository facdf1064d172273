import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { CompactSign, exportJWK } from 'jose';
import { after, before, describe, it } from 'mocha';
import { runCommand } from '../../../../scripts/system/commands.ts';
import { signTicketToken, type TicketClaims, verifyTicketToken } from '../../tickets/ticket-token.ts';
import { checkTicket, keysOf, revokedIn } from './ticket-check.mjs';

const second = (text: string) => new Date(`2026-11-21T${text}Z`);
const claims: TicketClaims = {
  ticketNumber: 'KRS-7H2K-9QXM-1',
  bookingId: '0198f2c0-0000-7000-8000-000000000001',
  eventId: 'gamelan-2026',
  seatId: 'A-1-1',
  validFrom: second('10:00:00'),
  validUntil: second('22:00:00'),
};
const meanwhile = second('19:00:00');

describe('a ticket checked without a network', function () {
  this.timeout(60_000);
  const [ours, before2, stranger] = [1, 2, 3].map(() => generateKeyPairSync('ed25519')) as [Pair, Pair, Pair];
  type Pair = ReturnType<typeof generateKeyPairSync> & { privateKey: KeyObject; publicKey: KeyObject };
  let jwks: { keys: object[] };
  let keys: Awaited<ReturnType<typeof keysOf>>;
  let good: string;

  const signed = (payload: unknown, header: object = {}, key = ours.privateKey) =>
    new CompactSign(new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'ticket+jwt', ...header })
      .sign(key, { crit: { future: true } });
  const payload = {
    jti: claims.ticketNumber,
    bid: claims.bookingId,
    eid: claims.eventId,
    sid: claims.seatId,
    nbf: claims.validFrom.getTime() / 1000,
    exp: claims.validUntil.getTime() / 1000,
  };
  const reheaded = (header: object) => {
    const [, body, seal] = good.split('.');
    return [Buffer.from(JSON.stringify(header)).toString('base64url'), body, seal].join('.');
  };

  before(async () => {
    jwks = { keys: [await exportJWK(ours.publicKey), await exportJWK(before2.publicKey)] };
    keys = await keysOf(jwks);
    good = await signTicketToken(claims, ours.privateKey);
  });

  it('is valid by any of the keys, with what it says', async () => {
    const byOld = await signTicketToken(claims, before2.privateKey);
    for (const code of [good, `  ${good}\n`, byOld]) {
      expect(await checkTicket(code, { keys, now: meanwhile })).to.deep.equal({ outcome: 'valid', claims });
    }
  });

  it('is refused for what the gate knows beside the code', async () => {
    const outcome = async (given: object) => (await checkTicket(good, { keys, now: meanwhile, ...given })).outcome;
    const list = { eventId: claims.eventId, asOf: '', tickets: [{ ticketNumber: claims.ticketNumber }] };
    expect(await outcome({ revoked: revokedIn(list) })).to.equal('revoked');
    expect(await outcome({ revoked: revokedIn({ ...list, tickets: [] }) })).to.equal('valid');
    expect(await outcome({ eventId: 'another' })).to.equal('other_event');
    expect(await outcome({ eventId: claims.eventId })).to.equal('valid');
  });

  it('is judged as ticket-app judges it', async () => {
    const [head = '', body = '', seal = ''] = good.split('.');
    const flipped = `${seal.startsWith('A') ? 'B' : 'A'}${seal.slice(1)}`;
    const codes: Record<string, [code: string, now?: Date]> = {
      valid: [good],
      'in its first second': [good, claims.validFrom],
      'before it': [good, new Date(claims.validFrom.getTime() - 1000)],
      'in its last second': [good, new Date(claims.validUntil.getTime() - 1000)],
      'after it': [good, claims.validUntil],
      'by a stranger': [await signTicketToken(claims, stranger.privateKey)],
      'another seal': [[head, body, flipped].join('.')],
      'another seat': [
        [head, Buffer.from(JSON.stringify({ ...payload, sid: 'VIP' })).toString('base64url'), seal].join('.'),
      ],
      'no algorithm': [reheaded({ alg: 'none', typ: 'ticket+jwt' })],
      'no seal': [`${[head, body].join('.')}.`],
      'an extension': [await signed(payload, { crit: ['future'], future: 1 })],
      'an access token': [await signed(payload, { typ: 'JWT' })],
      'no seat': [await signed({ ...payload, sid: undefined })],
      'an empty number': [await signed({ ...payload, jti: '' })],
      'no JSON': [await signed('hello')],
      'a web address': ['https://example.com/a.b.c'],
      nothing: [''],
      'two parts': [[head, body].join('.')],
      'four parts': [`${good}.${seal}`],
    };
    const mine: Record<string, string> = {};
    const theirs: Record<string, string> = {};
    for (const [what, [code, now = meanwhile]] of Object.entries(codes)) {
      mine[what] = (await checkTicket(code, { keys, now })).outcome;
      theirs[what] = (await verifyTicketToken(code, [ours.publicKey, before2.publicKey], now)).outcome;
    }
    // Without a seal at all it is for one a text that is no ticket, for the other a ticket that nobody signed.
    const same = (verdicts: Record<string, string>) => ({ ...verdicts, 'no seal': 'refused' });
    expect(same(mine)).to.deep.equal(same(theirs));
    expect(new Set(Object.values(mine))).to.have.length(6);
    expect(mine['no seal']).to.be.oneOf(['unreadable', 'forged']);
  });

  it('refuses files that are none', async () => {
    for (const jwks of [null, {}, { keys: [] }, { keys: [{ kty: 'RSA' }] }]) {
      const failure = await keysOf(jwks).catch((error: Error) => error);
      expect(failure).to.be.instanceOf(Error);
    }
    expect(() => revokedIn({ tickets: 'none' })).to.throw('no list of revoked tickets');
  });

  describe('by the command', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'kursi-verify-'));
    const file = (name: string) => path.join(folder, name);
    const run = (...args: string[]) =>
      runCommand(process.execPath, ['--import=tsx', 'scripts/kursi.ts', 'ticket', 'verify', ...args], {
        cwd: process.cwd(),
        timeoutMs: 30_000,
      });
    before(() => {
      writeFileSync(file('jwks.json'), JSON.stringify(jwks));
      writeFileSync(file('code.txt'), `${good}\n`);
      writeFileSync(file('none.json'), '{}');
      const list = { eventId: claims.eventId, asOf: '', tickets: [{ ticketNumber: claims.ticketNumber }] };
      writeFileSync(file('revoked.json'), JSON.stringify(list));
    });
    after(() => rmSync(folder, { recursive: true }));

    const at = ['--at', meanwhile.toISOString()];
    const cases: Record<string, [args: () => string[], code: number, text: string]> = {
      'lets in by a file': [() => [file('code.txt'), '--keys', file('jwks.json'), ...at], 0, 'seat A-1-1'],
      'refuses what is given back': [
        () => [good, '--keys', file('jwks.json'), '--revoked', file('revoked.json'), ...at],
        1,
        'Given back',
      ],
      'says so when there are no keys': [() => [good, '--keys', file('none.json')], 2, 'no Ed25519 key'],
    };
    it('says how a ticket is, by its words and its exit code', async () => {
      for (const [what, [args, code, text]] of Object.entries(cases)) {
        const answer = await run(...args());
        expect(answer.output, what).to.include(text);
        expect(answer.code, what).to.equal(code);
      }
    });
  });
});
