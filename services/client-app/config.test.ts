import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { newId } from '../../lib/ids.ts';
import { createAccessTokens } from './auth/access-tokens.ts';
import { readConfig } from './config.ts';

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const environment = {
  CLIENT_APP_MONGODB_URI: 'mongodb://127.0.0.1/kursi_client',
  CLIENT_APP_JWT_PRIVATE_KEY: pem,
  TICKET_APP_URL: 'http://127.0.0.1:3002',
  TICKET_APP_SERVICE_SECRETS: 'new, old',
  TICKETING_WEBHOOK_SECRETS: 'whsec_bmV3,whsec_b2xk',
};

describe("client-app's configuration", () => {
  it('has defaults for all that is the same everywhere', () => {
    expect(readConfig(environment)).to.deep.include({
      host: '127.0.0.1',
      port: 3001,
      patienceMs: 10_000,
      ticketAppServiceSecrets: ['new', 'old'],
      ticketingWebhookSecrets: ['whsec_bmV3', 'whsec_b2xk'],
    });
  });

  it('takes a key written on one line', async () => {
    const oneLine = pem.replaceAll('\n', '\\n');
    const { jwtPrivateKey } = readConfig({ ...environment, CLIENT_APP_JWT_PRIVATE_KEY: oneLine });
    expect((await createAccessTokens(jwtPrivateKey, 600)).jwks.keys).to.have.length(1);
  });

  it('takes access tokens of the key of before, and signs by the new one', async () => {
    const next = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const before = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
    const config = readConfig({
      ...environment,
      CLIENT_APP_JWT_PRIVATE_KEY: next,
      CLIENT_APP_JWT_PREVIOUS_PUBLIC_KEYS: before.replaceAll('\n', '\\n') + before,
    });
    expect(config.jwtPreviousKeys).to.have.length(2);
    const principal = { userId: newId(), role: 'buyer', sessionId: newId() } as const;
    const { accessToken: old } = await (await createAccessTokens(pem, 600)).issue(principal);
    const during = await createAccessTokens(next, 600, config.jwtPreviousKeys);
    expect(await during.verify(old)).to.deep.include(principal);
    const { accessToken } = await during.issue(principal);
    const afterwards = await createAccessTokens(next, 600);
    expect(await afterwards.verify(accessToken)).to.deep.include(principal);
    expect(await afterwards.verify(old)).to.equal(undefined);
  });

  const wrong = {
    CLIENT_APP_PORT: 'http',
    CLIENT_APP_MONGODB_URI: 'postgres://x',
    CLIENT_APP_JWT_PRIVATE_KEY: 'secret',
    CLIENT_APP_JWT_PREVIOUS_PUBLIC_KEYS: '-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----',
    CORS_ORIGINS: 'https://tickets.example/',
    TICKET_APP_URL: 'localhost:3002',
    TICKET_APP_SERVICE_SECRETS: '',
    TICKETING_WEBHOOK_SECRETS: 'not-whsec',
    PATIENCE_MS: '1',
  };
  for (const [name, value] of Object.entries(wrong)) {
    it(`names ${name} when it is wrong`, () => {
      expect(() => readConfig({ ...environment, [name]: value })).to.throw(name);
    });
  }

  it('refuses a signing key of another kind', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const given = rsa.export({ type: 'pkcs8', format: 'pem' }).toString();
    await createAccessTokens(given, 600).then(
      () => expect.fail('it was taken'),
      (error: Error) => expect(error.message).to.match(/CLIENT_APP_JWT_PRIVATE_KEY must be an Ed25519 key/),
    );
  });
});
