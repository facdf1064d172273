import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { loadSecrets } from './secrets.ts';

describe('loadSecrets', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'kursi-secrets-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const file = () => path.join(dir, 'secrets.json');

  it('makes them once, readable by this user only', () => {
    const first = loadSecrets(dir);
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    expect(loadSecrets(dir)).to.deep.equal(first);
    expect(first.paymentWebhookSecret).to.match(/^whsec_/);
  });

  it('makes two halves of one key for tickets, and adds what an older file lacks', () => {
    const { ticketSigningPrivateKey: _, ...older } = loadSecrets(dir);
    writeFileSync(file(), JSON.stringify(older));
    const secrets = loadSecrets(dir);
    const derived = createPublicKey(createPrivateKey(secrets.ticketSigningPrivateKey));
    expect(derived.export({ format: 'pem', type: 'spki' })).to.equal(secrets.ticketSigningPublicKey);
    expect(secrets.organizerXApiKey).to.equal(older.organizerXApiKey);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).to.deep.equal(secrets);
  });
});
