import { after, afterEach, before } from 'mocha';
import mongoose, { type Connection } from 'mongoose';
import { type Leased, type LeaseFields, leasesOn } from '../../lib/outbox/leases.ts';
import { testMongoUri } from '../engines.ts';

/** Something with work inside. */
export interface Parcel {
  _id: string;
  sweep: LeaseFields;
  parts: (LeaseFields & { name: string })[];
}

/** A collection of parcels for the tests of a `describe`, empty before each of them. */
export function useParcels(name: string) {
  let connection: Connection;
  before(async () => {
    connection = await mongoose.createConnection(testMongoUri(name)).asPromise();
  });
  after(async () => {
    await connection.dropDatabase();
    await connection.close();
  });
  const parcels = () => connection.collection<Parcel>('parcels');
  afterEach(() => parcels().deleteMany({}));
  const place = () => ({ collection: connection.collection('parcels'), path: 'sweep' });

  return {
    parcels,
    leases: () => leasesOn<Parcel>(place()),
    leasesOfParts: () => leasesOn<Parcel>({ ...place(), path: 'parts', list: true }),
    /** So many, with work that is due then. */
    async due(count: number, at = new Date()): Promise<void> {
      const each = { sweep: { nextAttemptAt: at }, parts: [] };
      await parcels().insertMany(Array.from({ length: count }, (_, i) => ({ _id: `p${i}`, ...each })));
    },
    /** The work is done when its clock is gone. */
    done: (leased: Leased<Parcel>) =>
      parcels().updateOne({ _id: leased.document._id }, { $unset: { 'sweep.nextAttemptAt': 1 } }),
  };
}
