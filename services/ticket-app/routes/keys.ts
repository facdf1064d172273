import { createPublicKey } from 'node:crypto';
import Router from '@koa/router';
import { calculateJwkThumbprint, exportJWK } from 'jose';

/** GET /.well-known/jwks.json: the public key by which a gate checks the code on a ticket, also while it is offline. */
export function keyRoutes(ticketSigningPublicKey: string): Router {
  const router = new Router();
  const jwks = (async () => {
    const jwk = await exportJWK(createPublicKey(ticketSigningPublicKey));
    return { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA', use: 'sig' }] };
  })();
  router.get('/.well-known/jwks.json', async (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.body = await jwks;
  });
  return router;
}
