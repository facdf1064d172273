import { readFileSync } from 'node:fs';
import newman, { type NewmanRunSummary } from 'newman';
import { system } from '../engines.ts';
import { type ApiDocument, apiDocumentAt, operationsOf } from '../openapi.ts';

export interface Example {
  name: string;
  originalRequest: { method: string; url: string; body?: RequestBody };
  code: number;
  status: string;
  /** What Postman shows the body as. */
  _postman_previewlanguage?: string;
  header: Array<{ key: string; value: string }>;
  body: string;
}
export interface RequestBody {
  mode: string;
  options?: unknown;
}
export interface Item {
  name: string;
  item?: Item[];
  event?: Array<{ listen: string; script: { exec: string[] } }>;
  request?: { method: string; url: { raw: string; host: string[]; path: string[] }; body?: RequestBody };
  response?: Example[];
}
export interface Collection {
  item: Item[];
}

const folder = new URL('../../postman/', import.meta.url);
export const collectionFile = new URL('kursi.postman_collection.json', folder);
export const readCollection = () => JSON.parse(readFileSync(collectionFile, 'utf8')) as Collection;
const readEnvironment = () =>
  JSON.parse(readFileSync(new URL('kursi.postman_environment.json', folder), 'utf8')) as {
    values: Array<{ key: string; value: string }>;
  };

/** All requests of the collection, in the order in which they are run. */
export const requestsIn = (items: Item[]): Item[] =>
  items.flatMap((item) => (item.item ? requestsIn(item.item) : [item]));

/** The variables that hold the addresses of services. */
const bases = ['clientApp', 'ticketApp', 'paymentApp', 'organizerX', 'organizerY'] as const;
type Base = (typeof bases)[number];

export interface DescribedOperation {
  /** `clientApp POST /bookings` */
  name: string;
  document: ApiDocument;
  responses: ApiDocument['paths'][string][string]['responses'];
  matches(base: string, method: string, path: string): boolean;
}

/** Every operation of every service, as it describes itself; those whose path has no parameter come first. */
export async function describedOperations(): Promise<DescribedOperation[]> {
  const { urls } = system();
  const documents = await Promise.all(bases.map((base) => apiDocumentAt(urls[base])));
  const operations = documents.flatMap((document, at) =>
    operationsOf(document).map(([route, { responses }]) => describedOperation(bases[at]!, route, document, responses)),
  );
  return operations.sort((a, b) => a.name.split('{').length - b.name.split('{').length);
}

function describedOperation(
  base: Base,
  route: string,
  document: ApiDocument,
  responses: DescribedOperation['responses'],
): DescribedOperation {
  const [method = '', template = ''] = route.split(' ');
  const pattern = new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return {
    name: `${base} ${route}`,
    document,
    responses,
    matches: (whose, how, path) => whose === base && how === method && pattern.test(path),
  };
}

/** Which operation a request of the collection is sent to; undefined if there is none. */
export function operationOf({ request }: Item, operations: DescribedOperation[]): DescribedOperation | undefined {
  if (!request) return undefined;
  const base = request.url.host.join('').replaceAll(/[{}]/g, '');
  const path = `/${request.url.path.join('/')}`;
  return operations.find(({ matches }) => matches(base, request.method, path));
}

/** What the collection needs to know of the system under test. */
export function valuesOfSystem(): Record<string, string> {
  const { urls, env } = system();
  const first = (list: string | undefined) => list?.split(',')[0] ?? '';
  return {
    clientApp: urls.clientApp,
    ticketApp: urls.ticketApp,
    paymentApp: urls.paymentApp,
    organizerX: urls.organizerX,
    organizerY: urls.organizerY,
    clientAppServiceSecret: first(env.CLIENT_APP_SERVICE_SECRETS),
    ticketAppServiceSecret: first(env.TICKET_APP_SERVICE_SECRETS),
    paymentAppServiceSecret: first(env.PAYMENT_APP_SERVICE_SECRETS),
    paymentWebhookSecret: first(env.PAYMENT_WEBHOOK_SECRETS),
    ticketingWebhookSecret: first(env.TICKETING_WEBHOOK_SECRETS),
    organizerXApiKey: env.ORGANIZER_X_API_KEY ?? '',
    organizerYKeyId: env.ORGANIZER_Y_KEY_ID ?? '',
    organizerYSecret: env.ORGANIZER_Y_SECRET ?? '',
  };
}

/** Runs the collection once, by newman, with the environment that comes with it and these values in it. */
export function runCollection(collection: Collection, values: Record<string, string>): Promise<NewmanRunSummary> {
  const environment = readEnvironment();
  const given = environment.values.map((entry) => ({ ...entry, value: values[entry.key] ?? entry.value }));
  const options = { collection: structuredClone(collection), environment: { ...environment, values: given } };
  return new Promise((resolve, reject) => {
    newman.run({ ...options, reporters: [], timeoutRequest: 30_000 }, (error, summary) =>
      error ? reject(error) : resolve(summary),
    );
  });
}
