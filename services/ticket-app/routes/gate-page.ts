import { readFile } from 'node:fs/promises';
import type { Middleware } from 'koa';
import { Type } from 'typebox';
import { accessBy } from '../../../lib/http/access.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';

const folder = new URL('../presenters/gate-page/', import.meta.url);
const types: Readonly<Record<string, string>> = {
  'gate.css': 'text/css',
  'gate.mjs': 'text/javascript',
  'ticket-check.mjs': 'text/javascript',
};

/** Nothing but our own files, and calls to ticket-app only. */
const policy: Middleware = async (ctx, next) => {
  ctx.set(
    'Content-Security-Policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  await next();
};

/** A page that checks the codes on tickets in the browser, also when the network is gone. */
export function gatePageRoutes(): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Keys', problems: {} });
  const anyone = accessBy({})('keys.read');

  routes.get(
    '/verify',
    {
      id: 'showGatePage',
      summary: 'A page that checks tickets by the public keys, also without a network',
      access: anyone,
      around: [policy],
      answers: { 200: { description: 'The page', mediaType: 'text/html' } },
    },
    async (ctx) => {
      ctx.type = 'html';
      ctx.body = await readFile(new URL('gate.html', folder));
    },
  );

  routes.get(
    '/verify/:file',
    {
      id: 'readGatePageFile',
      summary: 'A file of that page',
      access: anyone,
      request: { params: Type.Object({ file: Type.String({ examples: ['ticket-check.mjs'] }) }) },
      answers: { 200: { description: 'The file', mediaType: '*/*' } },
      problems: ['route_not_found'],
    },
    async (ctx, { params: { file } }) => {
      const type = Object.hasOwn(types, file) ? types[file] : undefined;
      if (type === undefined) return;
      ctx.set('Cache-Control', 'no-cache');
      ctx.type = type;
      ctx.body = await readFile(new URL(file, folder));
    },
  );
  return routes;
}
