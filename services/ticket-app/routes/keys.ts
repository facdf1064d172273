import type { KeyObject } from 'node:crypto';
import { JsonWebKeySet } from '../../../lib/auth/key-set.ts';
import { jwksOf } from '../../../lib/auth/public-keys.ts';
import { accessBy } from '../../../lib/http/access.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';

/** The public keys by which a gate checks the code on a ticket, also while it is offline; the first one is in use. */
export function keyRoutes(publicKeys: readonly KeyObject[]): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Keys', problems: {} });
  const keys = jwksOf(publicKeys);
  routes.get(
    '/.well-known/jwks.json',
    {
      id: 'readTicketKeys',
      summary: 'The public keys that check the code on tickets, also at a gate that is offline',
      description: 'More than one while tickets are about that an earlier key has signed: any of them will do.',
      access: accessBy({})('keys.read'),
      answers: { 200: { description: 'A JWK set', body: JsonWebKeySet } },
    },
    async (ctx) => {
      ctx.set('Cache-Control', 'public, max-age=300');
      ctx.body = { keys: await keys };
    },
  );
  return routes;
}
