import { STATUS_CODES } from 'node:http';
import { type TProperties, type TSchema, Type } from 'typebox';
import type { ProblemEntry } from '../http/problem-catalogue.ts';
import type { Answer, Operation } from '../http/routes.ts';
import { exampleOf } from './example.ts';
import { securitySchemes } from './security-schemes.ts';

export interface ApiInfo {
  title: string;
  /** Markdown. */
  description: string;
  /** Named in the document wherever they stand. */
  schemas?: Readonly<Record<string, TSchema>>;
}

type Json = Record<string, unknown>;

const problemType = 'application/problem+json';

const pascal = (code: string) => code.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The schema of one problem, as RFC 9457 has it. */
export function problemSchema(code: string, entry: ProblemEntry): TSchema {
  return Type.Object(
    {
      type: Type.Literal(`urn:kursi:problem:${code}`),
      title: Type.String({ examples: [STATUS_CODES[entry.status] ?? 'Error'] }),
      status: Type.Literal(entry.status),
      code: Type.Literal(code),
      detail: Type.String({ description: 'For people.', examples: [entry.means] }),
      ...entry.members,
    },
    { description: entry.means },
  );
}

/** Puts `$ref` wherever a named schema stands. */
function named(schemas: Readonly<Record<string, TSchema>>) {
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), name]));
  const walk = (node: unknown, isRoot: boolean): unknown => {
    if (Array.isArray(node)) return node.map((part) => walk(part, false));
    if (typeof node !== 'object' || node === null) return node;
    const name = isRoot ? undefined : names.get(JSON.stringify(node));
    if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
    return Object.fromEntries(Object.entries(node).map(([key, part]) => [key, walk(part, false)]));
  };
  return {
    refer: (schema: TSchema) => walk(schema, false),
    components: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, walk(schema, true)])),
  };
}

type Refer = (schema: TSchema) => unknown;

/** What the path names and nobody checks is any text: the handler finds nothing by it, or something. */
function pathParametersOf({ path, description }: Operation): TSchema {
  const checked = (description.request?.params as { properties?: TProperties } | undefined)?.properties ?? {};
  const named = Array.from(path.matchAll(/:(\w+)/g), ([, name = '']) => name);
  const unchecked = named.filter((name) => !(name in checked)).map((name) => [name, Type.String()]);
  return Type.Object({ ...checked, ...Object.fromEntries(unchecked) });
}

function parametersOf(operation: Operation, refer: Refer): Json[] {
  const { description } = operation;
  const { request, idempotencyKey, headers = {} } = description;
  const from = (place: 'path' | 'query', schema: TSchema | undefined): Json[] => {
    const { properties = {}, required = [] } = (schema ?? {}) as {
      properties?: Record<string, TSchema>;
      required?: string[];
    };
    return Object.entries(properties).map(([name, property]) => ({
      name,
      in: place,
      // A default is filled in, so nobody has to send it.
      required: place === 'path' || (required.includes(name) && !('default' in property)),
      ...('description' in property && { description: property.description }),
      schema: refer(property),
      // Filters that are left out show nothing to copy: an example of each would be sent by whoever tries the page.
      ...(place === 'path' && { example: exampleOf(property, name) }),
    }));
  };
  const header = (name: string, about: string, required = false): Json => ({
    name,
    in: 'header',
    required,
    description: about,
    schema: { type: 'string' },
  });
  const key = 'Names the request: a repeat with the same key has the same answer, for 24 hours. 8 to 128 characters.';
  return [
    ...from('path', pathParametersOf(operation)),
    ...from('query', request?.query),
    ...(idempotencyKey
      ? [
          {
            ...header('Idempotency-Key', key, idempotencyKey === 'required'),
            schema: { type: 'string', pattern: '^[\\x21-\\x7e]{8,128}$' },
            example: '5f0d7c1e-0b7a-4c55-9e3b-5f1d2a6c7e80',
          },
        ]
      : []),
    ...Object.entries(headers).map(([name, about]) => header(name, about)),
  ];
}

function contentOf(answer: Answer, refer: Refer): Json | undefined {
  if (answer.body) {
    return { 'application/json': { schema: refer(answer.body), example: answer.example ?? exampleOf(answer.body) } };
  }
  return answer.mediaType ? { [answer.mediaType]: {} } : undefined;
}

function problemAnswers({ problems }: Operation): Record<string, Json> {
  const byStatus = new Map<number, [string, ProblemEntry][]>();
  for (const [code, entry] of Object.entries(problems)) {
    byStatus.set(entry.status, [...(byStatus.get(entry.status) ?? []), [code, entry]]);
  }
  const answers = [...byStatus].map(([status, entries]): [string, Json] => {
    const refs = entries.map(([code]) => ({ $ref: `#/components/schemas/${pascal(code)}Problem` }));
    const mapping = Object.fromEntries(entries.map(([code], i) => [code, refs[i]?.$ref]));
    const schema = refs.length === 1 ? refs[0] : { oneOf: refs, discriminator: { propertyName: 'code', mapping } };
    const examples = Object.fromEntries(
      entries.map(([code, entry]) => [code, { value: exampleOf(problemSchema(code, entry)) }]),
    );
    const means = entries.map(([code, entry]) => `- \`${code}\`: ${entry.means}`).join('\n');
    return [String(status), { description: means, content: { [problemType]: { schema, examples } } }];
  });
  return Object.fromEntries(answers);
}

function answersOf(operation: Operation, refer: Refer): Json {
  const said = Object.entries(operation.description.answers).map(([status, answer]): [string, Json] => {
    const content = contentOf(answer, refer);
    const headers = Object.entries(answer.headers ?? {}).map(([name, about]) => [
      name,
      { description: about, schema: { type: 'string' } },
    ]);
    return [
      status,
      {
        description: answer.description,
        ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
        ...(content && { content }),
      },
    ];
  });
  return { ...problemAnswers(operation), ...Object.fromEntries(said) };
}

function bodyOf({ description: { request, rawBody } }: Operation, refer: Refer): Json | undefined {
  if (request?.body) {
    const { minProperties, required } = request.body as { minProperties?: number; required?: string[] };
    return {
      required: minProperties !== undefined || (required ?? []).length > 0,
      content: { 'application/json': { schema: refer(request.body), example: exampleOf(request.body) } },
    };
  }
  if (!rawBody) return undefined;
  const schema = rawBody.schema && { schema: refer(rawBody.schema), example: exampleOf(rawBody.schema) };
  return { required: true, description: rawBody.description, content: { [rawBody.mediaType]: schema ?? {} } };
}

function describe(operation: Operation, refer: Refer): Json {
  const { id, summary, description, access } = operation.description;
  const parameters = parametersOf(operation, refer);
  const requestBody = bodyOf(operation, refer);
  return {
    operationId: id,
    tags: [operation.tag],
    summary,
    ...(description && { description }),
    'x-permission': access.permission,
    ...(access.security.length > 0 && { security: access.security.map((name) => ({ [name]: [] })) }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: answersOf(operation, refer),
  };
}

/** The OpenAPI 3.1 document of a service, made from the descriptions its routes are served by. */
export function openApiDocument(info: ApiInfo, operations: readonly Operation[]): Json {
  const { refer, components } = named(info.schemas ?? {});
  const paths: Record<string, Json> = {};
  const problems: Record<string, unknown> = {};
  for (const operation of operations) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(operation, refer) };
    for (const [code, entry] of Object.entries(operation.problems)) {
      problems[`${pascal(code)}Problem`] = refer(problemSchema(code, entry));
    }
  }
  const schemes = new Set(operations.flatMap(({ description }) => description.access.security));
  return {
    openapi: '3.1.1',
    info: { title: info.title, description: info.description, version: '1' },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...components, ...problems },
      securitySchemes: Object.fromEntries([...schemes].map((name) => [name, securitySchemes[name]])),
    },
  };
}
