// What every service does whoever calls it: headers of every answer, browsers of other origins, and requests that are too much.
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import Koa from 'koa';
import { after, before, describe, it } from 'mocha';
import { Type } from 'typebox';
import { limits } from '../contracts/limits.ts';
import { createLogger } from '../logging/logger.ts';
import { accessBy } from './access.ts';
import { createApp } from './app.ts';
import { readsBodies } from './body.ts';
import { strictObject } from './request.ts';
import { describedRoutes } from './routes.ts';
import { type Served, serve } from './serve.ts';

const frontEnd = 'https://tickets.example';

/** A route that gives back the name it is sent. */
function echo() {
  const routes = describedRoutes({ tag: 'Echo', problems: {} });
  const Name = strictObject({ name: Type.String() });
  routes.post(
    '/echo',
    {
      id: 'echo',
      summary: 'Echo',
      access: accessBy({})('reference.read'),
      request: { body: Name },
      answers: { 200: { description: 'The name', body: Name } },
    },
    (ctx, { body }) => {
      ctx.set('ETag', '"1"');
      ctx.body = body;
    },
  );
  return routes;
}

function appOf(corsOrigins: readonly string[]): Koa {
  return createApp({
    name: 'echo',
    log: createLogger('echo', 'silent'),
    checks: {},
    api: { title: 'Echo', description: 'Echo', schemas: {} },
    routes: [echo()],
    corsOrigins,
  });
}

const json = { 'content-type': 'application/json' };

/** Writes raw text to a server; resolves with all that came back when it has closed the connection. */
async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (part) => {
    answer += part;
  });
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

describe('strict HTTP', () => {
  let served: Served;
  let open: Served;
  before(async () => {
    served = await serve(appOf([]), '127.0.0.1', 0);
    open = await serve(appOf([frontEnd]), '127.0.0.1', 0);
  });
  after(() => Promise.all([served.close(), open.close()]));

  const ask = (path: string, init: RequestInit = {}) => fetch(`${served.url}${path}`, init);

  describe('the headers of every answer', () => {
    const answers: Record<string, () => Promise<Response>> = {
      'of a route': () => ask('/echo', { method: 'POST', headers: json, body: '{"name":"Sri"}' }),
      'of a refusal': () => ask('/echo', { method: 'POST', headers: json, body: '{' }),
      'of a route that does not exist': () => ask('/nothing'),
      'of a wrong method': () => ask('/echo', { method: 'DELETE' }),
      'of health': () => ask('/healthz'),
      'of metrics': () => ask('/metrics'),
    };
    for (const [which, answer] of Object.entries(answers)) {
      it(which, async () => {
        const { headers } = await answer();
        expect(headers.get('x-content-type-options')).to.equal('nosniff');
        expect(headers.get('referrer-policy')).to.equal('no-referrer');
        expect(headers.get('cache-control')).to.equal('no-store');
        expect(headers.get('content-security-policy')).to.equal("default-src 'none'; frame-ancestors 'none'");
        expect(headers.get('cross-origin-resource-policy')).to.equal('same-origin');
        for (const telling of ['server', 'x-powered-by', 'set-cookie'])
          expect(headers.has(telling), telling).to.equal(false);
      });
    }

    it('of the API page, which runs scripts of ours and no other', async () => {
      const policy = (await ask('/docs')).headers.get('content-security-policy');
      expect(policy).to.match(/^default-src 'none'; script-src 'self'; /);
      expect(policy).to.include("frame-ancestors 'none'");
    });
  });

  describe('browsers on other origins', () => {
    const preflight = (url: string, origin: string) =>
      fetch(`${url}/echo`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,idempotency-key',
        },
      });

    it('are let in by no service by itself', async () => {
      const answers = [
        await preflight(served.url, frontEnd),
        await ask('/echo', { method: 'POST', headers: { ...json, origin: frontEnd }, body: '{"name":"Sri"}' }),
      ];
      for (const { headers } of answers) expect(headers.has('access-control-allow-origin')).to.equal(false);
    });

    it('may ask where their origin is in the list, and are told of what they may send', async () => {
      const { status, headers } = await preflight(open.url, frontEnd);
      expect([status, headers.get('access-control-allow-origin')]).to.deep.equal([204, frontEnd]);
      const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(',') ?? [];
      expect(allowed).to.include.members(['authorization', 'content-type', 'idempotency-key', 'if-match']);
      expect(headers.get('access-control-allow-methods')?.split(',')).to.include.members(['POST', 'PATCH', 'DELETE']);
      expect(headers.has('access-control-allow-credentials')).to.equal(false);
    });

    it('may read answers and refusals, with the headers that they need', async () => {
      for (const [body, status] of [
        ['{"name":"Sri"}', 200],
        ['{}', 400],
      ] as const) {
        const init = { method: 'POST', headers: { ...json, origin: frontEnd }, body };
        const answer = await fetch(`${open.url}/echo`, init);
        expect([answer.status, answer.headers.get('access-control-allow-origin')]).to.deep.equal([status, frontEnd]);
        const exposed = answer.headers.get('access-control-expose-headers')?.split(',');
        expect(exposed).to.include.members(['ETag', 'Location', 'Retry-After']);
        expect(answer.headers.get('vary')).to.match(/\bOrigin\b/);
      }
    });

    it('may not where theirs only looks like one of the list', async () => {
      for (const origin of ['https://tickets.example.evil', 'http://tickets.example', 'null', `${frontEnd}:8443`]) {
        const { headers } = await preflight(open.url, origin);
        expect(headers.has('access-control-allow-origin'), origin).to.equal(false);
      }
    });
  });

  describe('requests that are too much', () => {
    it('20 MB in 20 kB: 413', async () => {
      const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
      expect(bomb.length).to.be.below(limits.bodyBytes);
      const headers = { ...json, 'content-encoding': 'gzip' };
      const answer = await ask('/echo', { method: 'POST', headers, body: bomb });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).to.deep.equal([413, 'body_too_large']);
    });

    it('a URL, or headers, of more than 16 kB: 431', async () => {
      const long = 'x'.repeat(limits.headerBytes + 1);
      const request = (path: string, header: string) =>
        sendRaw(served.url, `GET ${path} HTTP/1.1\r\nHost: x\r\n${header}Connection: close\r\n\r\n`);
      expect(await request('/healthz', '')).to.match(/^HTTP\/1\.1 200 /);
      expect(await request(`/${long}`, '')).to.match(/^HTTP\/1\.1 431 /);
      expect(await request('/healthz', `X-Long: ${long}\r\n`)).to.match(/^HTTP\/1\.1 431 /);
    });

    it('a header that holds another one is no header', async () => {
      const answer = await sendRaw(
        served.url,
        'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: 12345678\rSet-Cookie: a=b\r\nConnection: close\r\n\r\n',
      );
      expect(answer).to.match(/^HTTP\/1\.1 400 /);
      expect(answer).to.not.match(/set-cookie/i);
    });

    it('a head that does not come to its end is cut off', async () => {
      const impatient = await serve(appOf([]), '127.0.0.1', 0, 200);
      const answer = await sendRaw(impatient.url, 'POST /echo HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      expect(answer).to.match(/^HTTP\/1\.1 408 /);
      await impatient.close();
    });

    it('a body that does not come to its end: 408, and the connection is closed', async () => {
      const app = new Koa();
      app.use(async (ctx, next) => {
        try {
          await next();
        } catch (error) {
          const problem = error as { status: number; headers: Record<string, string> };
          ctx.status = problem.status;
          ctx.set(problem.headers);
        }
      });
      app.use(readsBodies(false, 200));
      const slow = await serve(app, '127.0.0.1', 0);
      const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n';
      const answer = await sendRaw(slow.url, `${head}{"name":`);
      expect(answer).to.match(/^HTTP\/1\.1 408 /);
      expect(answer).to.match(/^Connection: close\r$/m);
      await slow.close();
    });
  });
});
