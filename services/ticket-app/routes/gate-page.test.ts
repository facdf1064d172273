import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { createApp } from '../../../lib/http/app.ts';
import { type Served, serve } from '../../../lib/http/serve.ts';
import { createLogger } from '../../../lib/logging/logger.ts';
import { chromium, openPage, type Page } from '../../../test/support/browser.ts';
import { waitUntil } from '../../../test/wait-until.ts';
import { signTicketToken } from '../tickets/ticket-token.ts';
import { gatePageRoutes } from './gate-page.ts';
import { keyRoutes } from './keys.ts';

const hours = (count: number) => new Date(Date.now() + count * 3_600_000);

describe('the page of the gates', function () {
  this.timeout(90_000);
  const ours = generateKeyPairSync('ed25519');
  const stranger = generateKeyPairSync('ed25519');
  let served: Served;
  before(async () => {
    const app = createApp({
      name: 'ticket-app',
      log: createLogger('ticket-app', 'silent'),
      checks: {},
      api: { title: 'Gates', description: 'Gates', schemas: {} },
      routes: [keyRoutes([ours.publicKey]), gatePageRoutes()],
    });
    served = await serve(app, '127.0.0.1', 0);
  });
  after(() => served.close());

  const ticket = (key: typeof ours.privateKey, eventId = 'gamelan') =>
    signTicketToken(
      {
        ticketNumber: 'KRS-7H2K-9QXM-1',
        bookingId: 'b',
        eventId,
        seatId: 'A-1-1',
        validFrom: hours(-1),
        validUntil: hours(1),
      },
      key,
    );

  it('consists of our own files, which run and call nothing else', async () => {
    const page = await fetch(`${served.url}/verify`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).to.match(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; /);
    expect(policy).to.not.match(/unsafe|http|\*/);
    const text = await page.text();
    expect(text).to.not.match(/https?:|<script>|\son\w+=|style=/);
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
    expect(files).to.have.members(['verify/gate.css', 'verify/gate.mjs']);
    for (const file of [...files, 'verify/ticket-check.mjs']) {
      const answer = await fetch(`${served.url}/${file}`);
      expect([answer.status, answer.headers.get('x-content-type-options')], file).to.deep.equal([200, 'nosniff']);
    }
    for (const file of ['gate.html', '..%2fkeys.ts', 'toString', 'ticket-check.d.mts', '__proto__']) {
      expect((await fetch(`${served.url}/verify/${file}`)).status, file).to.equal(404);
    }
  });

  it('checks tickets in a browser, and goes on when the network is gone', async function () {
    const program = chromium();
    if (program === undefined) {
      if (this.test) this.test.title += ': no Chromium on this machine';
      this.skip();
    }
    const page: Page = await openPage(program, `${served.url}/verify`);
    const text = (id: string) => page.evaluate<string | null>(`document.getElementById('${id}')?.textContent ?? null`);
    const check = async (code: string): Promise<[string | null, string | null]> => {
      await page.evaluate(`(() => {
        document.getElementById('outcome').textContent = '';
        document.getElementById('code').value = ${JSON.stringify(code)};
        document.getElementById('check').requestSubmit();
      })()`);
      await waitUntil('an answer', async () => (await text('outcome')) !== '');
      return [await text('outcome'), await text('seat')];
    };
    try {
      await waitUntil('the keys', async () => (await text('keys-state')) === '1 key loaded.', 30_000);
      const good = await ticket(ours.privateKey);
      const seat = 'Seat A-1-1, ticket KRS-7H2K-9QXM-1';
      expect(await check(good)).to.deep.equal(['Valid', seat]);
      await page.goOffline();
      expect(await check(good)).to.deep.equal(['Checked here before', seat]);
      expect(await check(await ticket(stranger.privateKey))).to.deep.equal(['Forged', '']);
      expect(await check('<img src=x onerror=alert(1)>')).to.deep.equal(['Unreadable', '']);
      await page.evaluate(`document.getElementById('event').value = 'wayang'`);
      expect(await check(good)).to.deep.equal(['For another event', seat]);
      expect(page.complaints.filter((complaint) => !complaint.includes('favicon'))).to.deep.equal([]);
    } finally {
      await page.close();
    }
  });
});
