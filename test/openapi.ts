// What must hold of the API page of every service.
import type Router from '@koa/router';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import type Koa from 'koa';
import { permissions } from '../lib/auth/permissions.ts';

interface Content {
  schema?: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Parameter {
  name: string;
  in: string;
  schema: object;
  example?: unknown;
}
export interface ApiOperation {
  operationId: string;
  tags: string[];
  summary: string;
  'x-permission': string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content?: Record<string, Content> }>;
}
export interface ApiDocument {
  openapi: string;
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Record<string, object> };
}

export async function apiDocumentAt(url: string): Promise<ApiDocument> {
  const answer = await fetch(`${url}/openapi.json`);
  expect(answer.status).to.equal(200);
  return (await answer.json()) as ApiDocument;
}

/** Each operation, as `POST /bookings`. */
export const operationsOf = ({ paths }: ApiDocument): [string, ApiOperation][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, ApiOperation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );

/** The codes of all problems that an operation may answer with. */
export const codesOf = ({ responses }: ApiOperation): string[] =>
  Object.values(responses).flatMap(({ content = {} }) =>
    Object.keys(content['application/problem+json']?.examples ?? {}),
  );

/** Every example of an operation with its schema, and where it stands. */
function* examplesOf({ parameters = [], requestBody, responses }: ApiOperation): Generator<[string, object, unknown]> {
  for (const { name, schema, example } of parameters) {
    if (example !== undefined) yield [name, schema, example];
  }
  const contents = [
    ['body', requestBody?.content ?? {}] as const,
    ...Object.entries(responses).map(([status, { content = {} }]) => [status, content] as const),
  ];
  for (const [place, content] of contents) {
    for (const { schema, example, examples = {} } of Object.values(content)) {
      if (!schema) continue;
      if (example !== undefined) yield [place, schema, example];
      for (const [name, { value }] of Object.entries(examples)) yield [`${place} ${name}`, schema, value];
    }
  }
}

/** Fails unless the document tells every route that the app serves, and no other. */
export function checkTellsAllRoutes(app: Koa, document: ApiDocument): void {
  const routers = app.middleware.flatMap((middleware) => {
    const { router } = middleware as { router?: Router };
    return router ? [router] : [];
  });
  const served = routers
    .flatMap(({ stack }) => stack)
    .flatMap(({ path, methods }) =>
      methods
        // The router answers HEAD wherever it answers GET.
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${String(path).replaceAll(/:(\w+)/g, '{$1}')}`),
    );
  expect(served).to.have.members(operationsOf(document).map(([name]) => name));
}

/**
 * Fails unless the document is one of OpenAPI 3.1, names each operation once, says of each what it does and who may use
 * it, and all its examples fit their schemas.
 */
export async function checkApiDocument(document: ApiDocument): Promise<void> {
  expect(document.openapi).to.match(/^3\.1\./);
  const { errors } = await new Validator().validate(structuredClone(document) as object as Record<string, unknown>);
  expect(errors, JSON.stringify(errors)?.slice(0, 1_000)).to.equal(undefined);

  const operations = operationsOf(document);
  const ids = operations.map(([, { operationId }]) => operationId);
  expect(ids).to.have.length(new Set(ids).size);
  for (const [name, operation] of operations) {
    expect(operation.summary, name).to.match(/^[A-Z].*[^.]$/);
    expect(operation.tags, name).to.have.length(1);
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    const named = Array.from(name.matchAll(/\{(\w+)\}/g), ([, parameter]) => parameter);
    expect(
      inPath.map((parameter) => parameter.name),
      name,
    ).to.have.members(named);
    expect(operation['x-permission'], name).to.be.oneOf(Object.keys(permissions));
  }

  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  // Each under a name of its own, so that it is compiled once however many refer to it.
  const byName = <T>(part: T): T =>
    JSON.parse(JSON.stringify(part).replaceAll('#/components/schemas/', 'urn:kursi:schema:')) as T;
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    ajv.addSchema(byName(schema), `urn:kursi:schema:${name}`);
  }
  const faults: string[] = [];
  let checked = 0;
  for (const [name, operation] of operations) {
    for (const [place, schema, example] of examplesOf(operation)) {
      checked += 1;
      const fits = ajv.compile(byName(schema));
      if (!fits(example)) faults.push(`${name}, ${place}: ${ajv.errorsText(fits.errors)}`);
    }
  }
  expect(faults).to.deep.equal([]);
  expect(checked).to.be.greaterThan(operations.length);
}
