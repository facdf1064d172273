import { createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { JsonWebKeySet } from '../../../lib/auth/key-set.ts';
import { accessBy } from '../../../lib/http/access.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';

/** The public key by which a gate checks the code on a ticket, also while it is offline. */
export function keyRoutes(ticketSigningPublicKey: string): DescribedRoutes {
  const routes = describedRoutes({ tag: 'Keys', problems: {} });
  const jwks = (async () => {
    const jwk = await exportJWK(createPublicKey(ticketSigningPublicKey));
    return { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA', use: 'sig' }] };
  })();
  routes.get(
    '/.well-known/jwks.json',
    {
      id: 'readTicketKeys',
      summary: 'The public key that checks the code on tickets, also at a gate that is offline',
      access: accessBy({})('keys.read'),
      answers: { 200: { description: 'A JWK set', body: JsonWebKeySet } },
    },
    async (ctx) => {
      ctx.set('Cache-Control', 'public, max-age=300');
      ctx.body = await jwks;
    },
  );
  return routes;
}
