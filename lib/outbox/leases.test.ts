import { expect } from 'chai';
import { describe, it } from 'mocha';
import { useParcels } from '../../test/support/parcels.ts';

describe('leases', () => {
  const { parcels, leases, leasesOfParts, due } = useParcels('leases');

  it('leases each entry of a list by itself', async () => {
    const parts = leasesOfParts();
    const now = new Date();
    await parcels().insertOne({
      _id: 'p',
      sweep: {},
      parts: [
        { name: 'a', nextAttemptAt: now },
        { name: 'later', nextAttemptAt: new Date(now.getTime() + 60_000) },
        { name: 'b', nextAttemptAt: now },
        { name: 'done' },
      ],
    });
    const names: (string | undefined)[] = [];
    for (let i = 0; i < 3; i += 1) {
      for (const { document, leaseId } of await parts.claim(10, 5_000)) {
        names.push(document.parts.find((part) => part.leaseId === leaseId)?.name);
      }
    }
    expect(names).to.eql(['a', 'b']);
  });

  it('gives an item to one of many that claim it at once', async () => {
    await due(1);
    const claims = await Promise.all(Array.from({ length: 50 }, () => leases().claim(1, 5_000)));
    expect(claims.flat()).to.have.length(1);
  });
});
