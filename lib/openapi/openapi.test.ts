import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Type } from 'typebox';
import { describedRoutes, type RouteAccess } from '../http/routes.ts';
import { compile } from '../schema/ajv.ts';
import { openApiDocument } from './document.ts';
import { exampleOf } from './example.ts';

const anyone: RouteAccess = { permission: 'seats.read', security: [], problems: [] };
const services: RouteAccess = {
  permission: 'seats.change',
  security: ['serviceSecret'],
  problems: ['unauthenticated', 'forbidden'],
};
const Seat = Type.Object({ seatId: Type.String(), price: Type.Integer({ minimum: 0 }) });

function document() {
  const problems = {
    seat_taken: { status: 409, means: 'Somebody has it.', members: { seatIds: Type.Array(Type.String()) } },
    seat_closed: { status: 409, means: 'It is not sold.' },
  };
  const routes = describedRoutes({ tag: 'Seats', problems });
  routes.get(
    '/seats/:seatId',
    {
      id: 'readSeat',
      summary: 'Read a seat',
      access: anyone,
      request: {
        params: Type.Object({ seatId: Type.String() }),
        query: Type.Object({ limit: Type.Integer({ default: 20 }), city: Type.Optional(Type.String()) }),
      },
      answers: { 200: { description: 'The seat', body: Type.Object({ seats: Type.Array(Seat) }) } },
    },
    () => undefined,
  );
  routes.post(
    '/seats/:seatId',
    {
      id: 'takeSeat',
      summary: 'Take a seat',
      access: services,
      idempotencyKey: 'required',
      request: { body: Seat },
      answers: { 201: { description: 'Taken', body: Seat, headers: { Location: 'Where it is' } } },
      problems: ['seat_taken', 'seat_closed'],
    },
    () => undefined,
  );
  return openApiDocument({ title: 'Seats', description: 'A test', schemas: { Seat } }, routes) as {
    paths: Record<string, Record<string, { responses: object; parameters: object[]; [key: string]: unknown }>>;
    components: { schemas: Record<string, object>; securitySchemes: object };
  };
}

describe('the API page', () => {
  it('is an OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document()));
    expect(errors).to.equal(undefined);
    expect(valid).to.equal(true);
  });

  it('tells a route’s parameters, and which of them must be sent', () => {
    const { parameters } = document().paths['/seats/{seatId}']?.get ?? { parameters: [] };
    expect(parameters).to.have.length(3);
    expect(parameters).to.deep.include.members([
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 20 } },
      { name: 'city', in: 'query', required: false, schema: { type: 'string' } },
    ]);
  });

  it('names schemas wherever they stand', () => {
    const { paths } = document();
    expect(JSON.stringify(paths)).to.include('"items":{"$ref":"#/components/schemas/Seat"}');
    expect(JSON.stringify(paths)).not.to.include('"minimum":0');
  });

  it('has each status with every code, those that follow from access, key and schemas among them', () => {
    const take = document().paths['/seats/{seatId}']?.post;
    const statuses = Object.keys(take?.responses ?? {}).map(Number);
    expect(statuses).to.have.members([201, 400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503]);
    const text = JSON.stringify(take);
    for (const code of ['SeatTaken', 'SeatClosed', 'IdempotencyKeyMissing', 'UnknownField', 'MalformedBody']) {
      expect(text).to.include(`#/components/schemas/${code}Problem`);
    }
    expect(take?.['x-permission']).to.equal('seats.change');
    expect(take?.security).to.deep.equal([{ serviceSecret: [] }]);
  });

  it('describes each problem with what it carries', () => {
    const taken = document().components.schemas.SeatTakenProblem;
    expect(taken).to.have.nested.property('properties.status.const', 409);
    expect(taken).to.have.nested.property('properties.seatIds.type', 'array');
  });
});

describe('an example', () => {
  const schemas = {
    'of a named field': Type.Object({ email: Type.String({ format: 'email' }), seatId: Type.String() }),
    'of a choice': Type.Union([Type.Object({ kind: Type.Literal('a') }), Type.Object({ kind: Type.Literal('b') })]),
    'of an intersection': Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Boolean() })]),
    'of text that must be long': Type.String({ minLength: 12 }),
    'of a list of instants': Type.Array(Type.String({ format: 'date-time' }), { minItems: 1 }),
    'of a name that elsewhere means something else': Type.Object({ amount: Type.Boolean() }),
  };
  for (const [name, schema] of Object.entries(schemas)) {
    it(`${name} fits its schema`, () => {
      expect(compile(schema).check(exampleOf(schema)), JSON.stringify(exampleOf(schema))).to.equal(true);
    });
  }
});
