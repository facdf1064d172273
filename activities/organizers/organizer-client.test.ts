import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type Organizer, OrganizerRejectedCall, OrganizerUnavailable } from './organizer.ts';
import { organizerTimeoutMs } from './organizer-client.ts';
import { XAdapter } from './x-adapter.ts';
import { YAdapter } from './y-adapter.ts';
import { signForY } from './y-signature.ts';

const request = { reference: 'r', eventRef: 'e', seatIds: ['a', 'b'] };

/** Runs `ask` against a server that answers as no organizer of ours would, and returns how it was rejected. */
async function rejectedBy(answer: RequestListener, make: (url: string) => Organizer): Promise<Error> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const organizer = make(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    await organizer.hold(request);
  } catch (error) {
    return error as Error;
  } finally {
    organizer.close();
    server.closeAllConnections();
    server.close();
  }
  throw new Error('It should have been rejected.');
}

const x = (url: string) => new XAdapter({ url, apiKey: 'k' });
const y = (url: string) => new YAdapter({ url, keyId: 'id', secret: 's' });
const json =
  (status: number, body: unknown): RequestListener =>
  (_, res) =>
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

const heldByX = { holdId: 'h', reference: 'r', event: 'e', seats: ['a', 'b'], state: 'held' };
const blockedByY = { ref: 'r', no: 'n', performance: 'e', places: ['a', 'b'], status: 'BLOCKED' };

describe('answers of organizers that are not to be believed', () => {
  const answers: [string, RequestListener, (url: string) => Organizer][] = [
    ['X: nothing', json(201, null), x],
    ['X: an empty object', json(201, {}), x],
    ['X: a state that is not "held"', json(201, { ...heldByX, state: 'claiming' }), x],
    ['X: a hold of other seats', json(201, { ...heldByX, seats: ['a'] }), x],
    ["X: somebody else's hold", json(201, { ...heldByX, reference: 'other' }), x],
    ['X: a conflict without a code', json(409, { error: 'conflict' }), x],
    ['X: a refusal that names no seat', json(409, { code: 'seats_unavailable', detail: '', seats: [] }), x],
    ['X: a refusal of other seats', json(409, { code: 'seats_unavailable', detail: '', seats: ['z'] }), x],
    ['Y: places of somebody else', json(200, { allotment: { ...blockedByY, places: ['z'] } }), y],
    ['Y: an unknown status', json(200, { allotment: { ...blockedByY, status: 'MAYBE' } }), y],
    ['Y: undecided', json(200, { allotment: { ...blockedByY, status: 'PENDING' } }), y],
    ['Y: a denial that names no place', json(200, { allotment: { ...blockedByY, status: 'DENIED' } }), y],
    ['Y: a conflict of another kind', json(409, { fault: { code: 'BUSY' } }), y],
    ['a status that asks to try again', json(429, {}), x],
    ['a gateway that is down', (_, res) => res.writeHead(502).end('<html>'), y],
    ['an answer that ends in the middle', (_, res) => res.write('{', () => res.destroy()), x],
  ];

  for (const [name, answer, make] of answers) {
    it(`rejects ${name}, to be tried again`, async () => {
      expect(await rejectedBy(answer, make)).to.be.instanceOf(OrganizerUnavailable);
    });
  }

  it('does not follow to where it is sent', async () => {
    const redirect: RequestListener = (_, res) => res.writeHead(307, { Location: 'http://127.0.0.1:9/' }).end();
    expect(await rejectedBy(redirect, x)).to.be.instanceOf(OrganizerRejectedCall);
  });

  it('limits the whole call, also where an answer trickles in', async () => {
    const trickle: RequestListener = (_, res) => {
      const timer = setInterval(() => res.write(' '), 100);
      res.on('close', () => clearInterval(timer));
    };
    const startedAt = performance.now();
    const error = await rejectedBy(trickle, x);
    expect(error.message).to.match(/no answer within 2000 ms/);
    expect(performance.now() - startedAt).to.be.within(organizerTimeoutMs - 50, organizerTimeoutMs + 2_000);
  });

  it('stops reading an answer without end', async () => {
    const endless: RequestListener = (_, res) => {
      const more = () => {
        while (!res.destroyed && res.write('x'.repeat(65_536)));
      };
      res.on('drain', more);
      more();
    };
    expect(await rejectedBy(endless, y)).to.be.instanceOf(OrganizerUnavailable);
  });
});

describe('the signature for Y', () => {
  it('is HMAC-SHA256 over method, path, time and digest of the body', () => {
    const call = { method: 'PUT', path: '/allotments/r?x=1', body: '{"performance":"e"}' };
    // Computed with OpenSSL: printf 'PUT\n/allotments/r?x=1\n1795219200\n<sha256 of the body>' | openssl dgst -sha256 -hmac s
    expect(signForY({ keyId: 'id', secret: 's' }, call, new Date('2026-11-21T00:00:00Z'))).to.deep.equal({
      'Y-Key-Id': 'id',
      'Y-Timestamp': '1795219200',
      'Y-Signature': 'a7859cf75430f955c9bb64a3535a663fae752625cf4f11a9da7c051f6c44c09d',
    });
  });
});
