import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type LockedPackage, type LockedPackages, missingPlatformPackages } from './platform-packages.ts';

const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: LockedPackages;
};

describe('package-lock.json', () => {
  it('is whole for every platform, so that `npm ci` takes it', () => {
    expect(Object.keys(missingPlatformPackages(packages)), '`npm run lock` adds them').to.deep.equal([]);
  });

  it('names no registry', () => {
    expect(Object.keys(packages).filter((name) => packages[name]?.resolved !== undefined)).to.deep.equal([]);
  });

  it('has what is needed in production with a checksum, on linux of both kinds', () => {
    const builds = Object.keys(packages).filter((name) => name.includes('@node-rs/argon2-'));
    for (const cpu of ['x64', 'arm64']) expect(builds).to.include(`node_modules/@node-rs/argon2-linux-${cpu}-gnu`);
    const isForLinux = ({ os = ['linux'], cpu = ['x64'] }: LockedPackage) =>
      os.includes('linux') && cpu.some((one) => ['x64', 'arm64'].includes(one));
    const unchecked = Object.entries(packages).filter(
      ([name, locked]) => name !== '' && !locked.dev && isForLinux(locked) && !('integrity' in locked),
    );
    expect(unchecked.map(([name]) => name)).to.deep.equal([]);
  });
});

describe('missingPlatformPackages', () => {
  const owner = { version: '2.0.0', dev: true };

  it('adds the build for another platform, with that platform', () => {
    const optionalDependencies = { '@a/b-linux-arm64-musl': '2.0.0', '@a/b-win32-x64-msvc': '2.0.0' };
    expect(missingPlatformPackages({ 'node_modules/a': { ...owner, optionalDependencies } })).to.deep.equal({
      'node_modules/@a/b-linux-arm64-musl': {
        version: '2.0.0',
        dev: true,
        optional: true,
        os: ['linux'],
        cpu: ['arm64'],
        libc: ['musl'],
      },
      'node_modules/@a/b-win32-x64-msvc': { version: '2.0.0', dev: true, optional: true, os: ['win32'], cpu: ['x64'] },
    });
  });

  it('sees those that are there, beside the package or under it', () => {
    const optionalDependencies = { 'b-darwin-arm64': '2.0.0' };
    for (const place of ['node_modules/b-darwin-arm64', 'node_modules/a/node_modules/b-darwin-arm64']) {
      const locked = { 'node_modules/a': { ...owner, optionalDependencies }, [place]: { version: '2.0.0' } };
      expect(missingPlatformPackages(locked), place).to.deep.equal({});
    }
  });

  it('does not guess a version or a platform', () => {
    const missing = (name: string, range: string) => () =>
      missingPlatformPackages({ 'node_modules/a': { ...owner, optionalDependencies: { [name]: range } } });
    expect(missing('b-linux-x64-gnu', '^2.0.0')).to.throw('b-linux-x64-gnu');
    expect(missing('fsevents', '2.3.3')).to.throw('fsevents');
  });
});
