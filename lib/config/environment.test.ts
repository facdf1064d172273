import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { Type } from 'typebox';
import { readEnvironment } from './environment.ts';

const Environment = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Optional(Type.Integer()),
  APP_MONGODB_URI: Type.Optional(Type.String()),
  APP_SERVICE_SECRETS: Type.Optional(Type.String({ minLength: 4 })),
});
const good = 'Zf4nQ8xVw2LkT7pYbR1mHs6D';
const better = 'q9TgXe3JvUa5NcKy8WzMf2Bh';

describe('readEnvironment', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'kursi-environment-'));
  });
  after(() => rmSync(dir, { recursive: true }));
  const file = (name: string, text: string): string => {
    const at = path.join(dir, name);
    writeFileSync(at, text);
    return at;
  };
  const read = (env: NodeJS.ProcessEnv) => readEnvironment(Environment, env);

  it('takes any variable from a file instead, without its last line break', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';
    expect(read({ APP_SERVICE_SECRETS_FILE: file('secret', `${good}\n`) }).APP_SERVICE_SECRETS).to.equal(good);
    expect(read({ APP_SERVICE_SECRETS_FILE: file('key', `${pem}\r\n`) }).APP_SERVICE_SECRETS).to.equal(pem);
    expect(read({ PORT_FILE: file('port', '3001\n') }).PORT).to.equal(3001);
  });

  it('validates what a file holds, and names the variable', () => {
    expect(() => read({ APP_SERVICE_SECRETS_FILE: file('short', 'abc') })).to.throw(/APP_SERVICE_SECRETS /);
  });

  it('refuses a variable that is given in both ways', () => {
    const env = { APP_SERVICE_SECRETS: good, APP_SERVICE_SECRETS_FILE: file('both', good) };
    expect(() => read(env)).to.throw('APP_SERVICE_SECRETS and APP_SERVICE_SECRETS_FILE are both set');
  });

  it('counts an empty variable as not set, also beside a file', () => {
    const env = { HOST: '', APP_SERVICE_SECRETS: '', APP_SERVICE_SECRETS_FILE: file('other', good) };
    expect(read(env)).to.deep.equal({ HOST: '127.0.0.1', APP_SERVICE_SECRETS: good });
    expect(read({ HOST_FILE: '' }).HOST).to.equal('127.0.0.1');
  });

  it('says which file is missing or empty', () => {
    const missing = path.join(dir, 'none');
    expect(() => read({ PORT_FILE: missing })).to.throw(`PORT_FILE names ${missing}, which cannot be read (ENOENT)`);
    expect(() => read({ PORT_FILE: file('blank', ' \n') })).to.throw('which is empty');
  });

  describe('in production', () => {
    const inProduction = (secrets: string) => () => read({ NODE_ENV: 'production', APP_SERVICE_SECRETS: secrets });

    it('takes secrets that were made, one or several', () => {
      expect(inProduction(`${good}, whsec_${better}`)).not.to.throw();
    });

    it('refuses short and well-known ones in any place of a list, also in files, and does not tell them', () => {
      for (const weak of [
        'dev-only',
        'my-password-that-is-long-enough',
        'x'.repeat(40),
        'kursi-demo-2026-and-more-of-it',
      ]) {
        expect(inProduction(weak), weak)
          .to.throw(/APP_SERVICE_SECRETS has .*production refuses/)
          .with.property('message')
          .that.does.not.include(weak);
        expect(inProduction(`${good},${weak}`), weak).to.throw(/APP_SERVICE_SECRETS/);
        expect(() => read({ NODE_ENV: 'production', APP_SERVICE_SECRETS_FILE: file('weak', weak) })).to.throw(
          /refuses/,
        );
      }
    });

    it("refuses such passwords in a database's address", () => {
      const at = (password: string) => () =>
        read({ NODE_ENV: 'production', APP_MONGODB_URI: `mongodb://app:${password}@db:27017/app` });
      expect(at(good)).not.to.throw();
      expect(at('mongo')).to.throw(/APP_MONGODB_URI holds a password/);
      expect(() => read({ NODE_ENV: 'production', APP_MONGODB_URI: 'mongodb://db:27017/app' })).not.to.throw();
    });

    it('says nothing of the same secrets elsewhere', () => {
      expect(() => read({ APP_SERVICE_SECRETS: 'dev-only' })).not.to.throw();
    });
  });
});
