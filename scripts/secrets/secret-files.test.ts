import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { refuseWeakSecrets } from '../../lib/config/strong-secrets.ts';
import { makeSecretFiles } from './secret-files.ts';

describe('makeSecretFiles', () => {
  let dir: string;
  beforeEach(() => {
    dir = path.join(mkdtempSync(path.join(os.tmpdir(), 'kursi-secret-files-')), 'secrets');
  });
  afterEach(() => rmSync(path.dirname(dir), { recursive: true }));
  const contents = () =>
    Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(path.join(dir, name), 'utf8').trim()]));

  it('makes each once, in a folder for this user only', () => {
    const made = makeSecretFiles(dir);
    expect(made.toSorted()).to.deep.equal(readdirSync(dir).toSorted());
    expect(statSync(dir).mode & 0o777).to.equal(0o700);
    const first = contents();
    expect(new Set(Object.values(first)).size).to.equal(made.length);
    expect(makeSecretFiles(dir)).to.deep.equal([]);
    expect(contents()).to.deep.equal(first);
  });

  it('makes those that are missing, but no half of a key', () => {
    makeSecretFiles(dir);
    rmSync(path.join(dir, 'organizer_x_api_key'));
    expect(makeSecretFiles(dir)).to.deep.equal(['organizer_x_api_key']);
    rmSync(path.join(dir, 'ticket_signing_public_key'));
    expect(() => makeSecretFiles(dir)).to.throw('ticket_signing_public_key is missing');
  });

  it('makes what production takes, and two halves of one key', () => {
    makeSecretFiles(dir);
    const files = contents();
    const variables = Object.fromEntries(Object.entries(files).map(([name, value]) => [name.toUpperCase(), value]));
    expect(() => refuseWeakSecrets(variables, 'production')).not.to.throw();
    const derived = createPublicKey(createPrivateKey(files.ticket_signing_private_key ?? ''));
    expect(derived.export({ format: 'pem', type: 'spki' }).toString().trim()).to.equal(files.ticket_signing_public_key);
  });
});
