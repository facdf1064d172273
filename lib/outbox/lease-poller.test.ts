import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import mongoose from 'mongoose';
import { type Parcel, useParcels } from '../../test/support/parcels.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { createLogger } from '../logging/logger.ts';
import { type LeasePoller, startLeasePoller } from './lease-poller.ts';
import type { Leased } from './leases.ts';

const log = createLogger('test', 'silent');

describe('the lease poller', () => {
  const { parcels, leases, due, done } = useParcels('lease_poller');
  const pollers: LeasePoller[] = [];
  afterEach(() => Promise.all(pollers.splice(0).map((poller) => poller.stop())));

  function poll(
    work: (leased: Leased<Parcel>, signal: AbortSignal) => Promise<unknown>,
    more: { leaseMs?: number; concurrency?: number; pollMs?: number } = {},
  ): LeasePoller {
    const poller = startLeasePoller<Parcel>({
      name: 'test',
      log,
      leases: leases(),
      leaseMs: 2_000,
      concurrency: 10,
      ...more,
      async work(leased, signal) {
        await work(leased, signal);
      },
    });
    pollers.push(poller);
    return poller;
  }

  const nothingLeft = () => waitUntil('the work to be done', async () => (await leases().overview()).waiting === 0);

  it('runs each item once, with two pollers on one collection', async () => {
    await due(120);
    const runs: string[] = [];
    const work = async (leased: Leased<Parcel>) => {
      runs.push(leased.document._id);
      await done(leased);
    };
    poll(work);
    poll(work);
    await nothingLeft();
    expect(runs).to.have.length(120);
    expect(new Set(runs).size).to.equal(120);
  });

  /** Resolves when the lease of an item has been moved so often since it was taken. */
  async function untilProlonged(_id: string, times: number): Promise<void> {
    const ends = new Set<number | undefined>();
    await waitUntil(`the lease of ${_id} to be prolonged`, async () => {
      ends.add((await parcels().findOne({ _id }))?.sweep.leasedUntil?.getTime());
      return ends.size > times;
    });
  }

  it('never runs an item beside itself while its work outlasts the lease', async () => {
    await due(4);
    const running = new Set<string>();
    let overlaps = 0;
    const work = async (leased: Leased<Parcel>) => {
      const id = leased.document._id;
      if (running.has(id)) overlaps += 1;
      running.add(id);
      await untilProlonged(id, 2);
      running.delete(id);
      await done(leased);
    };
    poll(work, { leaseMs: 300, pollMs: 20 });
    poll(work, { leaseMs: 300, pollMs: 20 });
    await nothingLeft();
    expect(overlaps).to.equal(0);
  });

  it('looks until nothing is left, and not again because work has ended while there was room', async () => {
    let looks = 0;
    const counted = {
      ...leases(),
      claim: async (limit: number, leaseMs: number) => {
        const claimed = await leases().claim(limit, leaseMs);
        looks += 1;
        return claimed;
      },
    };
    let ended = 0;
    const work = async (leased: Leased<Parcel>) => {
      await done(leased);
      ended += 1;
    };
    const poller = startLeasePoller({
      name: 'test',
      log,
      leases: counted,
      leaseMs: 2_000,
      concurrency: 10,
      pollMs: 60_000,
      work,
    });
    pollers.push(poller);
    await waitUntil('the first look', async () => looks === 1);
    await due(3);
    poller.wake();
    await waitUntil('all to be done', async () => ended === 3);
    await poller.stop();
    // At the start; when woken; and once more, to find nothing.
    expect(looks).to.equal(3);
  });

  it('looks again when a look has hung for as long as a lease', async () => {
    let looks = 0;
    const hanging = {
      ...leases(),
      claim: (limit: number, leaseMs: number) => {
        looks += 1;
        return looks === 1 ? new Promise<never>(() => {}) : leases().claim(limit, leaseMs);
      },
    };
    await due(1);
    const work = async (leased: Leased<Parcel>) => void (await done(leased));
    const options = { name: 'test', log, leases: hanging, leaseMs: 300, concurrency: 10, pollMs: 20, work };
    pollers.push(startLeasePoller(options));
    await nothingLeft();
    expect(looks).to.be.at.least(2);
  });

  it('takes over what a killed poller held, after its lease and not before', async () => {
    await due(1);
    const [held] = await leases().claim(1, 700);
    const takenAt: number[] = [];
    poll(async (leased) => {
      takenAt.push(Date.now());
      await done(leased);
    });
    await nothingLeft();
    expect(takenAt).to.have.length(1);
    expect(takenAt[0]! - held!.leasedUntil.getTime()).to.be.within(0, 1_000);
  });

  it('tells the work when its lease is lost', async () => {
    await due(1);
    let aborted = false;
    poll(
      async (leased, signal) => {
        await parcels().updateOne({ _id: leased.document._id }, { $set: { 'sweep.leaseId': 'stolen' } });
        await waitUntil('the signal', async () => signal.aborted);
        aborted = signal.aborted;
        await done(leased);
      },
      { leaseMs: 200 },
    );
    await nothingLeft();
    expect(aborted).to.equal(true);
  });

  it('tries again, after the lease, what threw', async () => {
    await due(1);
    let tries = 0;
    poll(
      async (leased) => {
        tries += 1;
        if (tries < 3) throw new Error('not this time');
        await done(leased);
      },
      { leaseMs: 100, pollMs: 20 },
    );
    await nothingLeft();
    expect(tries).to.equal(3);
  });

  it('looks at once when it is woken, and at the time it was told', async () => {
    const startedAt: number[] = [];
    const poller = poll(
      async (leased) => {
        startedAt.push(Date.now());
        await done(leased);
      },
      // It does not come by itself while this test lasts.
      { pollMs: 600_000 },
    );
    const wokenAt = Date.now();
    await due(1, new Date(wokenAt + 150));
    poller.wake();
    poller.wake(150);
    await nothingLeft();
    expect(startedAt[0]! - wokenAt).to.be.at.least(150);
  });

  it('runs no more at once than it may, and stops only when its work has ended', async () => {
    await due(20);
    let running = 0;
    let most = 0;
    let ended = 0;
    const poller = poll(
      async (leased) => {
        running += 1;
        most = Math.max(most, running);
        // Those that run wait for each other: as many as there is room for, or more.
        await waitUntil('three at once', async () => most >= 3);
        running -= 1;
        await done(leased);
        ended += 1;
      },
      { concurrency: 3 },
    );
    await waitUntil('the first to end', async () => ended >= 3);
    await poller.stop();
    const endedAtStop = ended;
    expect(running).to.equal(0);
    expect(most).to.equal(3);
    expect((await leases().overview()).waiting).to.equal(20 - endedAtStop);
  });

  it('goes on when the database was away', async () => {
    await due(1);
    const real = leases();
    let away = true;
    let asked = 0;
    const poller = startLeasePoller<Parcel>({
      name: 'test',
      log,
      leaseMs: 1_000,
      concurrency: 1,
      pollMs: 20,
      leases: {
        ...real,
        async claim(limit, leaseMs) {
          asked += 1;
          if (away) throw new mongoose.mongo.MongoNetworkError('connection refused');
          return real.claim(limit, leaseMs);
        },
      },
      async work(leased) {
        await done(leased);
      },
    });
    pollers.push(poller);
    await waitUntil('some vain tries', async () => asked > 3);
    away = false;
    await nothingLeft();
  });
});
