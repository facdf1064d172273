import { expect } from 'chai';
import { describe, it } from 'mocha';
import { type MongodbSurroundings, mongodbLadder, noMongodbMessage } from './mongodb-ladder.ts';

const debian12: MongodbSurroundings = {
  onPath: undefined,
  official: { exists: false },
  embedded: { installed: true, glibc: '2.36', platform: 'linux', debianTools: true, debianLibraryExists: false },
  dataMadeBy: undefined,
};

const kinds = (surroundings: MongodbSurroundings) => mongodbLadder(surroundings).rungs.map((rung) => rung.kind);
const withEmbedded = (change: Partial<MongodbSurroundings['embedded']>): MongodbSurroundings => ({
  ...debian12,
  embedded: { ...debian12.embedded, ...change },
});

describe('mongodbLadder', () => {
  it('prefers mongod on PATH, then the official binary, then the embedded engine', () => {
    const onPath = { command: '/usr/bin/mongod', version: '8.0.4' };
    expect(kinds({ ...withEmbedded({ glibc: '2.41' }), onPath })).to.deep.equal(['path', 'official', 'embedded']);
  });

  it('says when the official binary is there already', () => {
    const { rungs } = mongodbLadder({ ...debian12, official: { exists: true } });
    expect(rungs[0]).to.deep.equal({ kind: 'official', why: 'downloaded by an earlier start' });
  });

  it('passes over a mongod that the driver does not talk to', () => {
    const { rungs, skipped } = mongodbLadder({ ...debian12, onPath: { command: '/bin/mongod', version: '4.2.9' } });
    expect(rungs[0]?.kind).to.equal('official');
    expect(skipped).to.include('/bin/mongod is version 4.2.9, 4.4 is needed');
  });

  it('runs the embedded engine directly from glibc 2.38 on', () => {
    expect(kinds(withEmbedded({ glibc: '2.37' }))).to.deep.equal(['official', 'embedded-debian']);
    expect(kinds(withEmbedded({ glibc: '2.38' }))).to.deep.equal(['official', 'embedded']);
  });

  it("needs apt-get or an earlier fetch for Debian 13's C library", () => {
    expect(kinds(withEmbedded({ debianTools: false }))).to.deep.equal(['official']);
    expect(kinds(withEmbedded({ debianTools: false, debianLibraryExists: true }))).to.include('embedded-debian');
  });

  it('asks no glibc of macOS, and takes no Linux without it', () => {
    expect(kinds(withEmbedded({ platform: 'darwin', glibc: undefined }))).to.include('embedded');
    expect(kinds(withEmbedded({ glibc: undefined }))).to.deep.equal(['official']);
  });

  it('stays with the engine that made the data', () => {
    const onPath = { command: '/usr/bin/mongod', version: '8.0.4' };
    expect(kinds({ ...debian12, onPath, dataMadeBy: 'embedded-debian' })).to.deep.equal(['embedded-debian']);
    expect(kinds({ ...withEmbedded({ glibc: '2.41' }), dataMadeBy: 'embedded-debian' })).to.deep.equal(['embedded']);
    expect(kinds({ ...debian12, onPath, dataMadeBy: 'official' })).to.deep.equal(['path', 'official']);
  });

  it('says all ways when none is left, and how to get rid of the data that binds', () => {
    const { rungs, skipped } = mongodbLadder({ ...withEmbedded({ installed: false }), dataMadeBy: 'embedded' });
    expect(rungs).to.deep.equal([]);
    const message = noMongodbMessage(skipped);
    expect(message).to.include('npm run reset').and.include('MONGODB_URI').and.include('glibc 2.38');
  });
});
