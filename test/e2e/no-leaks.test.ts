// What people trust us with, and what lets anybody in, is nowhere but where it belongs: not in logs, metrics, Temporal or errors.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';
import { cancel, confirmed } from './cancellation-stage.ts';
import { closeDatabases, databaseOf } from './databases.ts';
import { joined, leave } from './queue-stage.ts';
import { type Answer, anEvent, book, booked, call, type Person, pay } from './stage.ts';
import { closeTemporal, temporal } from './temporal-stage.ts';

/** Where something could have leaked to → all text of it. */
type Places = Record<string, string>;
/** What it is → what must not be found. */
type Needles = Record<string, string>;

function leaksIn(places: Places, needles: Needles): string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    Object.entries(needles)
      .filter(([, needle]) => text.includes(needle))
      .map(([what]) => `${what} in ${place}`),
  );
}

/** All text in what Temporal keeps: payloads are bytes, whatever holds them. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return `${value}\n`;
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('utf8')}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, part]) => `${key} ${textOf(part)}`)
    .join('');
}

async function historyOf(workflowId: string, runId?: string): Promise<string> {
  const handle = temporal().workflow.getHandle(workflowId, runId);
  const [history, description] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const { memo, searchAttributes, raw } = description;
  return textOf([history, raw, JSON.stringify([memo, searchAttributes])]);
}

/** Every run since then that visibility knows of. */
async function historiesSince(since: Date, wanted: readonly string[]): Promise<Places> {
  const query = `StartTime >= '${since.toISOString()}'`;
  const runs = await waitUntil(
    'the workflows to be listed',
    async () => {
      const found: Array<[string, string]> = [];
      for await (const { workflowId, runId } of temporal().workflow.list({ query })) found.push([workflowId, runId]);
      return wanted.every((id) => found.some(([workflowId]) => workflowId.includes(id))) && found;
    },
    30_000,
  );
  const texts: Places = {};
  for (const [workflowId, runId] of runs) texts[`the history of ${workflowId}`] = await historyOf(workflowId, runId);
  return texts;
}

function logs(): Places {
  const folder = path.join(system().dir, 'logs');
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => [`the log ${name}`, readFileSync(path.join(folder, name), 'utf8')]),
  );
}

async function metrics(): Promise<Places> {
  const { urls, ports } = system();
  const { clientApp, ticketApp, paymentApp, organizerX, organizerY } = urls;
  const worker = `http://127.0.0.1:${ports['ticketing-worker']}`;
  const all = { clientApp, ticketApp, paymentApp, organizerX, organizerY, worker };
  const texts = Object.entries(all).map(async ([name, url]) => {
    const answer = await fetch(`${url}/metrics`);
    expect(answer.status, name).to.equal(200);
    return [`the metrics of ${name}`, await answer.text()] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** Every secret of the environment, by its variable; of a key the line that is its own. */
function secrets(): Needles {
  const isSecret = /_(SECRETS?|API_KEY|PRIVATE_KEY)$/;
  return Object.fromEntries(
    Object.entries(system().env)
      .filter(([name]) => isSecret.test(name))
      .flatMap(([name, value]) =>
        value.split(/[,\n]/).flatMap((part, index) => {
          const secret = part.replace(/^whsec_/, '').trim();
          return secret.length < 12 || secret.startsWith('-----') ? [] : [[`${name} (${index})`, secret]];
        }),
      ),
  );
}

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

describe('no secret and no personal data', function () {
  this.timeout(240_000);
  const startedAt = new Date();
  const mark = newId().slice(-8);
  const needles: Needles = {};
  const problems: string[] = [];
  const bookingIds: string[] = [];
  let places: Places;

  /** A call whose refusal is kept, to be looked through. */
  async function ask<Body = Record<string, unknown>>(route: string, given: Parameters<typeof call>[1] = {}) {
    const answer = await call<Body>(`${system().urls.clientApp}${route}`, given);
    if (answer.status >= 400) problems.push(JSON.stringify(answer.body));
    return answer;
  }
  const refusedWith = ({ status, body }: Answer<object>, wanted: number) => {
    problems.push(JSON.stringify(body));
    expect(status, JSON.stringify(body)).to.equal(wanted);
  };

  /** Somebody who registers and signs in as people do. */
  async function newcomer(first: string): Promise<Person & Tokens & { email: string; password: string }> {
    const account = {
      name: `${first} Kencanawungu-${mark}`,
      email: `${first.toLowerCase()}.${mark}@surat-rahasia.example`,
      password: `Teratai ${first} ${mark}!`,
    };
    const { status, body } = await ask<{ userId: string }>('/users', { body: account });
    expect(status).to.equal(201);
    const { email, password } = account;
    const { body: tokens } = await ask<Tokens>('/sessions', { body: { email, password } });
    const { accessToken, refreshToken } = tokens;
    Object.assign(needles, {
      [`the name of ${first}`]: account.name,
      [`the address of ${first}`]: email,
      [`the password of ${first}`]: password,
      [`the access token of ${first}`]: accessToken,
      [`the refresh token of ${first}`]: refreshToken,
    });
    return { userId: body.userId, token: accessToken, email, password, accessToken, refreshToken };
  }

  async function signInFailures({ email, password, refreshToken }: Awaited<ReturnType<typeof newcomer>>) {
    const wrong = `Melati salah ${mark}`;
    needles['a password that was wrong'] = wrong;
    refusedWith(await ask('/sessions', { body: { email, password: wrong } }), 401);
    refusedWith(await ask('/sessions', { body: { email: { $ne: email }, password } }), 400);
    refusedWith(await ask('/sessions', { body: { email, password, remember: password } }), 400);
    refusedWith(await ask('/sessions', { body: `{"email":"${email}","password":"${password}"` }), 400);
    refusedWith(await ask('/users', { body: { name: 'x', email, password } }), 409);
    const { body } = await ask<Tokens>('/sessions/refresh', { body: { refreshToken } });
    Object.assign(needles, { 'the next access token': body.accessToken, 'the next refresh token': body.refreshToken });
    // It was stolen: used again, it ends the session.
    refusedWith(await ask('/sessions/refresh', { body: { refreshToken } }), 401);
    refusedWith(await ask('/sessions/refresh', { body: { refreshToken: body.refreshToken } }), 401);
    refusedWith(await ask('/sessions', { token: body.accessToken }), 401);
  }

  before(async () => {
    const [eventId, buyer, waiter, thief] = [
      await anEvent(),
      await newcomer('Dyah'),
      await newcomer('Tribuwana'),
      await newcomer('Jayakatwang'),
    ];
    await signInFailures(thief);
    const bought = await confirmed(buyer, eventId, ['A-1-1']);
    const { entryId } = await joined(waiter, eventId, 'A-1-1');
    if (!entryId) throw new Error('Nobody waits.');
    expect((await leave(waiter, entryId)).status).to.be.oneOf([200, 204]);
    await joined(waiter, eventId, 'A-1-1');
    // The seat goes to the one who waits.
    expect((await cancel(buyer, bought.bookingId)).status).to.equal(200);
    const declined = await booked(buyer, eventId, ['A-1-2']);
    needles['the token of a payment URL'] = declined.paymentUrl.split('/').at(-1) ?? '';
    for (const _ of [1, 2, 3]) await pay(declined.paymentUrl, 'test_decline');
    refusedWith(await book(waiter, eventId, ['A-1-2', 'no-such-seat']), 404);
    const stranger = await ask(`/bookings/${bought.bookingId}`, { token: waiter.token });
    refusedWith(stranger, 404);
    bookingIds.push(bought.bookingId, declined.bookingId);
    const seeded = (await databaseOf('client-app')).collection('users').find({ email: /^[a-z]+@example\.com$/ });
    for (const { name, email } of await seeded.toArray()) {
      Object.assign(needles, { [`the seeded name ${name}`]: name, [`the seeded address ${email}`]: email });
    }
    Object.assign(needles, secrets());
    places = {
      ...logs(),
      ...(await metrics()),
      ...(await historiesSince(startedAt, bookingIds)),
      'an error': problems.join('\n'),
    };
  });
  after(async () => {
    await closeTemporal();
    await closeDatabases();
  });

  it('is in a log, a metric, a history of Temporal or an error', function () {
    expect(leaksIn(places, needles)).to.deep.equal([]);
    if (this.test) {
      this.test.title += ` (${Object.keys(needles).length} looked for in ${Object.keys(places).length} places)`;
    }
  });

  it('was looked for where things happened', () => {
    const names = Object.keys(places);
    for (const service of ['client-app', 'ticket-app', 'payment-app', 'ticketing-worker']) {
      expect(places[`the log ${service}.log`], service).to.match(/\S/);
    }
    for (const id of bookingIds) expect(names.filter((name) => name.includes(id))).to.not.equal([]);
    const histories = names.filter((name) => name.startsWith('the history')).map((name) => places[name]);
    for (const id of bookingIds) expect(histories.some((text) => text?.includes(id))).to.equal(true);
    expect(problems.length).to.be.at.least(10);
    const kinds = ['seeded name', 'seeded address', 'SERVICE_SECRETS', 'WEBHOOK_SECRETS', 'PRIVATE_KEY', 'API_KEY'];
    for (const kind of kinds)
      expect(
        Object.keys(needles).some((name) => name.includes(kind)),
        kind,
      ).to.equal(true);
    for (const [what, needle] of Object.entries(needles)) expect(needle.length, what).to.be.at.least(8);
  });

  it('would have been found: each, planted anywhere, is', () => {
    for (const place of Object.keys(places)) {
      for (const [what, needle] of Object.entries(needles)) {
        expect(leaksIn({ [place]: `${places[place]}\n{"planted":"${needle}"}` }, { [what]: needle })).to.have.length(1);
      }
    }
  });

  it('would have been found in what a workflow is given, and in its memo', async () => {
    const name = needles['the name of Dyah'] ?? '';
    const email = needles['the address of Dyah'] ?? '';
    const workflowId = `planted/${newId()}`;
    const handle = await temporal().workflow.start('nobodyWorksOnThis', {
      workflowId,
      taskQueue: workflowId,
      args: [{ buyer: { name } }],
      memo: { email },
    });
    const found = leaksIn({ planted: await historyOf(workflowId) }, needles);
    await handle.terminate();
    expect(found).to.have.members(['the name of Dyah in planted', 'the address of Dyah in planted']);
  });
});
