import { expect } from 'chai';
import { describe, it } from 'mocha';
import { isAtLeast, noTemporalMessage, type TemporalSurroundings, temporalLadder } from './temporal-ladder.ts';

const nothing: TemporalSurroundings = {
  address: undefined,
  onPath: undefined,
  cache: { command: '/cache/temporal-v1/temporal', exists: false },
  downloadPlatform: false,
  go: undefined,
};

const everything: TemporalSurroundings = {
  address: 'temporal.example:7233',
  onPath: { command: '/usr/bin/temporal', serverVersion: '1.32.0' },
  cache: { command: '/cache/temporal-v1/temporal', exists: true },
  downloadPlatform: true,
  go: { command: '/usr/bin/go', version: '1.26.8' },
};

const kinds = (surroundings: TemporalSurroundings) => temporalLadder(surroundings).rungs.map((rung) => rung.kind);

describe('temporalLadder', () => {
  it('takes the address that was given and looks no further', () => {
    expect(temporalLadder(everything).rungs).to.deep.equal([
      { kind: 'address', address: 'temporal.example:7233', why: 'TEMPORAL_ADDRESS is set' },
    ]);
  });

  it('prefers temporal on PATH, then the cached program', () => {
    expect(kinds({ ...everything, address: undefined })).to.deep.equal(['path', 'cache']);
  });

  it('takes the cached program when nothing is on PATH', () => {
    expect(kinds({ ...everything, address: undefined, onPath: undefined })).to.deep.equal(['cache']);
  });

  it('downloads, and builds if the download fails', () => {
    const cache = { ...everything.cache, exists: false };
    expect(kinds({ ...everything, address: undefined, onPath: undefined, cache })).to.deep.equal(['download', 'build']);
  });

  it('builds where no download exists', () => {
    expect(kinds({ ...nothing, go: everything.go })).to.deep.equal(['build']);
  });

  it('has no way when there is nothing, and says all ways', () => {
    const { rungs, skipped } = temporalLadder(nothing);
    expect(rungs).to.deep.equal([]);
    const message = noTemporalMessage(skipped);
    expect(message).to.include('no temporal on PATH').and.include('no go on PATH');
    expect(message).to.include('TEMPORAL_ADDRESS').and.include('Go 1.26');
  });

  it('passes over a temporal whose server is too old, and over another program of that name', () => {
    const old = temporalLadder({ ...nothing, onPath: { command: '/bin/temporal', serverVersion: '1.25.1' } });
    expect(old.rungs).to.deep.equal([]);
    expect(old.skipped).to.include('/bin/temporal has server 1.25.1, 1.29 is needed');
    const other = temporalLadder({ ...nothing, onPath: { command: '/bin/temporal', serverVersion: undefined } });
    expect(other.skipped).to.include('/bin/temporal is not the Temporal CLI');
  });

  it('passes over a go that is too old', () => {
    const { rungs, skipped } = temporalLadder({ ...nothing, go: { command: '/bin/go', version: '1.25.9' } });
    expect(rungs).to.deep.equal([]);
    expect(skipped).to.include('/bin/go is version 1.25.9, 1.26 is needed');
  });
});

describe('isAtLeast', () => {
  it('compares numbers, not letters', () => {
    expect(isAtLeast('1.100.0', [1, 29])).to.equal(true);
    expect(isAtLeast('1.9.1', [1, 29])).to.equal(false);
    expect(isAtLeast('2.0.0', [1, 29])).to.equal(true);
  });
});
