import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { Type } from 'typebox';
import { rawRequest } from '../../test/support/raw-request.ts';
import { createApp } from '../http/app.ts';
import { Problem } from '../http/problem.ts';
import { describedRoutes } from '../http/routes.ts';
import { type Served, serve } from '../http/serve.ts';
import { createLogger } from '../logging/logger.ts';

/** What the route is told to answer. */
const answers: Record<string, () => { status: number; body?: unknown; type?: string }> = {
  described: () => ({ status: 200, body: { seatId: 'A-1' } }),
  extra: () => ({ status: 200, body: { seatId: 'A-1', owner: 'somebody' } }),
  wrongType: () => ({ status: 200, body: { seatId: 1 } }),
  otherStatus: () => ({ status: 202, body: { seatId: 'A-1' } }),
  notJson: () => ({ status: 200, body: '<p>A-1</p>', type: 'html' }),
  passedOn: () => ({ status: 200, body: Buffer.from('{"seatId":"A-1"}'), type: 'json' }),
  passedOnWithMore: () => ({ status: 200, body: Buffer.from('{"seatId":"A-1","owner":"somebody"}'), type: 'json' }),
  passedOnInPart: () => ({ status: 200, body: Buffer.from('{"seatId":"A'), type: 'json' }),
  passedOnProblem: () => ({
    status: 409,
    body: Buffer.from(JSON.stringify(new Problem(409, 'seat_lost', 'Lost.'))),
    type: 'application/problem+json',
  }),
  knownProblem: () => {
    throw new Problem(409, 'seat_taken', 'Taken.', { seatIds: ['A-1'] });
  },
  unknownProblem: () => {
    throw new Problem(409, 'seat_lost', 'Lost.');
  },
  problemWithMore: () => {
    throw new Problem(409, 'seat_taken', 'Taken.', { seatIds: ['A-1'], by: 'somebody' });
  },
};

describe('in tests, an answer', () => {
  let served: Served;

  before(async () => {
    const problems = {
      seat_taken: { status: 409, means: 'Taken.', members: { seatIds: Type.Array(Type.String()) } },
    };
    const routes = describedRoutes({ tag: 'Seats', problems });
    routes.get(
      '/seats/:how',
      {
        id: 'readSeat',
        summary: 'Read a seat',
        access: { permission: 'seats.read', security: [], problems: [] },
        answers: { 200: { description: 'The seat', body: Type.Object({ seatId: Type.String() }) } },
        problems: ['seat_taken'],
      },
      (ctx) => {
        const { status, body, type } = answers[String(ctx.params.how)]?.() ?? { status: 404 };
        ctx.status = status;
        if (type) ctx.type = type;
        ctx.body = body;
      },
    );
    const app = createApp({
      name: 'seats',
      log: createLogger('seats', 'silent'),
      checks: {},
      api: { title: 'Seats', description: 'A test' },
      routes: [routes],
    });
    served = await serve(app, '127.0.0.1', 0);
  });
  after(() => served.close());

  const statusOf = async (how: string) => (await fetch(`${served.url}/seats/${how}`)).status;

  it('that is described passes, problems too', async () => {
    expect(await statusOf('described')).to.equal(200);
    expect(await statusOf('passedOn')).to.equal(200);
    expect(await statusOf('knownProblem')).to.equal(409);
  });

  const undescribed = [
    'extra',
    'wrongType',
    'otherStatus',
    'notJson',
    'passedOnWithMore',
    'passedOnInPart',
    'passedOnProblem',
    'unknownProblem',
    'problemWithMore',
  ];
  for (const how of undescribed) {
    it(`that is not described becomes a 500: ${how}`, async () => {
      const answer = await fetch(`${served.url}/seats/${how}`);
      expect(answer.status).to.equal(500);
      expect(await answer.json()).to.have.property('code', 'undescribed_answer');
    });
  }

  it('to a method that a route does not take is 405, and names those it takes', async () => {
    const answer = await fetch(`${served.url}/seats/described`, { method: 'PUT' });
    expect(answer.status).to.equal(405);
    expect(answer.headers.get('allow')).to.equal('HEAD, GET');
    expect(await answer.json()).to.have.property('code', 'method_not_allowed');
  });

  it('to a method of HTTP that no route takes is 405, too', async () => {
    const { status } = await rawRequest(served.url, {
      method: 'TRACE',
      path: '/seats/described',
      headers: {},
      body: '',
    });
    expect(status).to.equal(405);
  });

  it('about the API is a document and a page whose files are served here', async () => {
    const document = await fetch(`${served.url}/openapi.json`);
    expect(document.status).to.equal(200);
    expect(await document.json()).to.have.nested.property('paths./seats/{how}.get.operationId', 'readSeat');
    const page = await fetch(`${served.url}/docs`);
    const files = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => String(file));
    expect(files).to.have.length(4);
    for (const file of files) expect((await fetch(`${served.url}/${file}`)).status, file).to.equal(200);
  });
});
