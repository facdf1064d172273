import type { Client } from '@temporalio/client';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import pLimit from 'p-limit';
import { temporalClient } from '../../temporal/connection.ts';
import { system } from '../engines.ts';
import { type Counts, race } from '../race/race.ts';
import { theDatabases } from '../race/rest.ts';
import { closeDatabases } from './databases.ts';

/** Worlds played beside one another, each on an event of its own: nearly all of their time is waiting. */
const atOnce = 8;
const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
/** Longer than the sweep takes to find what nobody was woken for. */
const restMs = 60_000;

describe('cancel, expiry, payment and join, racing on the same seats (property)', function () {
  this.timeout(300_000);
  let temporal: Client;

  before(() => {
    const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = system().env;
    temporal = temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
  });
  after(async () => {
    await temporal.connection.close();
    await closeDatabases();
  });

  it(`in ${seeds.length} worlds every invariant holds, and nobody waits for a seat that is free`, async () => {
    const databases = await theDatabases();
    const limit = pLimit(atOnce);
    const ended = await Promise.allSettled(
      seeds.map((seed) => limit(() => race(seed, { databases, temporal, restMs, kills: false }))),
    );
    const failures = ended.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(failures.join('\n\n')).to.equal('');

    // Otherwise nothing raced.
    const total = (name: string) =>
      ended.reduce((sum, one) => sum + (one.status === 'fulfilled' ? ((one.value as Counts).get(name) ?? 0) : 0), 0);
    for (const name of ['promotions', 'lapses', 'confirmed']) expect(total(name), name).to.be.greaterThan(0);
  });
});
