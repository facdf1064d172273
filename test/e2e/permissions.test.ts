// Every route of every service, as every party: what comes of it follows from the permission table alone.
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { signForY } from '../../activities/organizers/y-signature.ts';
import { mayUse, type Party, type Permission, permissions } from '../../lib/auth/permissions.ts';
import { newId } from '../../lib/ids.ts';
import { signWebhook } from '../../lib/webhooks/signature.ts';
import { system } from '../engines.ts';
import { closeDatabases } from './databases.ts';
import { anEvent, booked, call, people } from './stage.ts';

const apps = ['clientApp', 'ticketApp', 'paymentApp', 'organizerX', 'organizerY'] as const;
type App = (typeof apps)[number];

interface Route {
  app: App;
  method: string;
  /** Its parameters are filled in: with what does not exist, so that nothing is changed by whoever is let in. */
  path: string;
  permission: Permission;
}

interface Operation {
  'x-permission': string;
  parameters?: Array<{ in: string; name: string }>;
}

async function routesOf(app: App): Promise<Route[]> {
  const { body } = await call<{ paths: Record<string, Record<string, Operation>> }>(
    `${system().urls[app]}/openapi.json`,
  );
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const permission = operation['x-permission'] as Permission;
      expect(permissions, `${app} ${method} ${path}`).to.have.property(permission);
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        name === 'invoiceNumber' ? 'INV-NONE' : 'none',
      );
      return { app, method: method.toUpperCase(), path: filled, permission };
    }),
  );
}

const roles = ['buyer', 'organizer', 'admin'] as const;
/** `anyone` sends no credential. */
const callers = ['anyone', ...roles, 'service'] as const satisfies readonly Party[];
type Caller = (typeof callers)[number];

const hasBody = (method: string) => method !== 'GET' && method !== 'DELETE';

/** What a service shows to another: a secret; to the organizers' systems what each of them wants, beside it. */
function asService({ app, method, path }: Route): Record<string, string> {
  const { env } = system();
  const bearer = (secret = '') => ({ authorization: `Bearer ${secret}` });
  switch (app) {
    case 'clientApp':
      return bearer(env.CLIENT_APP_SERVICE_SECRETS);
    case 'ticketApp':
      return bearer(env.TICKET_APP_SERVICE_SECRETS);
    case 'paymentApp':
      return bearer(env.PAYMENT_APP_SERVICE_SECRETS);
    case 'organizerX':
      return { ...bearer(env.ORGANIZER_X_API_KEY), 'X-Api-Key': env.ORGANIZER_X_API_KEY ?? '' };
    case 'organizerY': {
      const { ORGANIZER_Y_KEY_ID: keyId = '', ORGANIZER_Y_SECRET: secret = '' } = env;
      const body = hasBody(method) ? '{}' : '';
      return { ...bearer(secret), ...signForY({ keyId, secret }, { method, path, body }) };
    }
  }
}

/** What the table wants: to be let in, or a status. */
function wanted({ permission, method, path }: Route, caller: Caller): 'let in' | number {
  if (mayUse(permission, caller)) return 'let in';
  const isForPeople = roles.some((role) => mayUse(permission, role));
  // A wrong token of a payment URL is looked for like any other, by a body that is whole: GET shows it best.
  if (mayUse(permission, 'payer') && !mayUse(permission, 'service'))
    return method === 'GET' || path.startsWith('/pay/') ? 404 : 400;
  return isForPeople && caller !== 'anyone' ? 403 : 401;
}

async function answerTo({ app, method, path }: Route, headers: Record<string, string> = {}): Promise<number> {
  const body = hasBody(method) ? { body: {} } : {};
  return (await call(`${system().urls[app]}${path}`, { method, headers, ...body })).status;
}

describe('the permission table', () => {
  let routes: Route[] = [];

  before(async () => {
    routes = (await Promise.all(apps.map(routesOf))).flat();
  });
  after(closeDatabases);

  it('has no line that no route names', () => {
    const named = new Set(routes.map(({ permission }) => permission));
    expect(Object.keys(permissions).filter((permission) => !named.has(permission as Permission))).to.deep.equal([]);
  });

  it('is what every route does to every caller', async function () {
    // Each check has a person of its own: some of them sign out.
    const tokens: Partial<Record<Caller, string[]>> = {};
    for (const role of roles) tokens[role] = (await people(routes.length, role)).map(({ token }) => token);
    const wrong: string[] = [];
    for (const [index, route] of routes.entries()) {
      const check = async (caller: Caller) => {
        const token = tokens[caller]?.[index];
        const own = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const status = await answerTo(route, caller === 'service' ? asService(route) : own);
        const want = wanted(route, caller);
        const isRight = want === 'let in' ? status !== 401 && status !== 403 && status < 500 : status === want;
        if (!isRight) wrong.push(`${caller} at ${route.app} ${route.method} ${route.path}: ${status}, not ${want}`);
      };
      await Promise.all(callers.map(check));
    }
    expect(wrong).to.deep.equal([]);
    if (this.test)
      this.test.title += ` (${routes.length} routes × ${callers.length} callers: ${routes.length * callers.length} checks)`;
  });

  it('lets in who signs webhooks', async () => {
    const secrets = {
      clientApp: system().env.TICKETING_WEBHOOK_SECRETS,
      ticketApp: system().env.PAYMENT_WEBHOOK_SECRETS,
    };
    const receivers = routes.filter(({ permission }) => permission === 'webhooks.receive');
    expect(receivers.map(({ app }) => app)).to.have.members(Object.keys(secrets));
    for (const route of receivers) {
      const secret = secrets[route.app as keyof typeof secrets] ?? '';
      // Of nothing that is known: it is let in, and then refused as a message.
      const headers = { ...signWebhook(secret, newId(), '{}', new Date()) };
      expect(await answerTo(route, headers), route.app).to.equal(400);
    }
  });

  it('lets in who has a payment URL', async () => {
    const [buyer] = await people(1);
    if (!buyer) throw new Error('No account was made.');
    const { paymentUrl } = await booked(buyer, await anEvent(), ['A-1-1']);
    const token = paymentUrl.split('/').at(-1);
    const forPayers = routes.filter(({ permission }) => mayUse(permission, 'payer') && !mayUse(permission, 'service'));
    expect(forPayers).to.have.length(4);
    for (const route of forPayers) {
      const status = await answerTo({ ...route, path: route.path.replace('none', token ?? '') });
      // Nothing is paid: the body that says how is missing.
      expect(status, `${route.method} ${route.path}`).to.be.oneOf([200, 303, 400, 422]);
    }
  });
});
