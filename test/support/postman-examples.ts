import { writeFileSync } from 'node:fs';
import type { NewmanRunSummary } from 'newman';
import { type Collection, collectionFile, type Example, type Item, type RequestBody, requestsIn } from './postman.ts';

/** The headers that say something to whoever reads an example. */
const shownHeaders = ['content-type', 'location', 'etag', 'retry-after', 'link', 'www-authenticate'];
const entriesShown = 2;
const linesShown = 12;
const partCharsShown = 1_500;

/** What differs from run to run, or opens a door, is replaced by something of the same form; equal things stay equal. */
function createNeutral(addresses: Record<string, string>): (text: string) => string {
  const known = new Map<string, string>();
  const numbered = (kind: string, found: string, write: (count: string) => string) => {
    const key = `${kind} ${found}`;
    const count = [...known.keys()].filter((other) => other.startsWith(`${kind} `)).length + 1;
    const name = known.get(key) ?? write(String(count).padStart(4, '0'));
    known.set(key, name);
    return name;
  };
  return (text) =>
    Object.entries(addresses)
      .reduce((changed, [from, to]) => changed.replaceAll(from, to), text)
      .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJhbGciOiJFZERTQSJ9.example.signature')
      .replaceAll(/(krt_[0-9a-f-]{36}_)[\w-]+/g, '$1example')
      .replaceAll(/\/(pay|payments)\/[\w-]{43}/g, '/$1/example-token')
      .replaceAll(/("\w*[cC]ursor": ?")[\w=-]{40,}"/g, '$1example-cursor"')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) =>
        numbered('id', id, (count) => `01900000-0000-7000-8000-00000000${count}`),
      )
      .replaceAll(/\bKRS-[0-9A-Z]{4}-[0-9A-Z]{4}\b/g, (id) => numbered('booking', id, (count) => `KRS-0000-${count}`))
      .replaceAll(/\b(INV-\d{6})-[0-9A-Z]{4}-[0-9A-Z]{4}\b/g, (id, day: string) =>
        numbered('invoice', id, (count) => `${day}-0000-${count}`),
      );
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

/** Lists of objects are cut; those of ids and the like belong together. */
function abridged(value: unknown): unknown {
  if (Array.isArray(value)) return (value.some(isObject) ? value.slice(0, entriesShown) : value).map(abridged);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, abridged(part)]));
}

/** Long parts are left out of long answers: an example is to be read. */
function abridgedJson(text: string): string {
  const body = abridged(JSON.parse(text)) as Record<string, unknown>;
  const whole = JSON.stringify(body);
  if (whole.length <= 4 * partCharsShown) return whole;
  const parts = Object.entries(body).map(([key, part]) =>
    JSON.stringify(part).length <= partCharsShown ? [key, part] : [key, Array.isArray(part) ? [] : {}],
  );
  return JSON.stringify(Object.fromEntries(parts));
}

function shownBody(type: string, text: string): string {
  if (text === '') return '';
  if (type.includes('json')) return abridgedJson(text);
  if (!type.startsWith('text/')) return '';
  return text.split('\n').slice(0, linesShown).join('\n');
}

const withoutOptions = ({ options: _, ...body }: RequestBody) => body;

type Execution = NewmanRunSummary['run']['executions'][number];

function exampleOf({ name, request }: Item, { response }: Execution, neutral: (text: string) => string): Example {
  const headers = response.headers.all().filter(({ key }) => shownHeaders.includes(key.toLowerCase()));
  const type = response.headers.get('Content-Type') ?? '';
  return {
    name,
    originalRequest: {
      method: request?.method ?? '',
      url: request?.url.raw ?? '',
      ...(request?.body && { body: withoutOptions(request.body) }),
    },
    code: response.code,
    status: response.status,
    ...(type.includes('json') && { _postman_previewlanguage: 'json' }),
    header: headers.map(({ key, value }) => ({ key, value: neutral(value) })),
    // Where to go stands in the header; the few words for those who are not taken there are nobody's contract.
    body: response.code === 303 ? '' : neutral(shownBody(type, response.stream?.toString() ?? '')),
  };
}

/** Saves with each request that was made what it was answered with last; the others keep the examples that they have. */
export function recordExamples(
  collection: Collection,
  { executions }: NewmanRunSummary['run'],
  addresses: Record<string, string>,
): void {
  const neutral = createNeutral(addresses);
  for (const item of requestsIn(collection.item)) {
    const last = executions.findLast((execution) => execution.item.name === item.name && execution.response);
    if (last) item.response = [exampleOf(item, last, neutral)];
  }
  writeFileSync(collectionFile, `${JSON.stringify(collection, null, 2)}\n`);
}
