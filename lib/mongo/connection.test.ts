import { expect } from 'chai';
import { describe, it } from 'mocha';
import type mongoose from 'mongoose';
import { testMongoUri } from '../../test/engines.ts';
import { waitUntil } from '../../test/wait-until.ts';
import { createLogger } from '../logging/logger.ts';
import { isDatabaseAway } from './away.ts';
import { connectDatabase } from './connection.ts';

/** What of the driver's insides a test has to break. */
interface Insides {
  topology: { s: { servers: Map<string, { monitor: { connection: { socket: import('node:net').Socket } | null } }> } };
}

describe('the connection to a database', function () {
  this.timeout(40_000);

  it('is made anew when the driver waits for ever for an answer on a broken connection', async () => {
    const database = connectDatabase(testMongoUri('stuck'), createLogger('test', 'silent'));
    await database.ready;
    const other = connectDatabase(testMongoUri('well'), createLogger('test', 'silent'));
    await other.ready;
    const well = other.connection.getClient();
    // As of a member that leaves the replica set while it is looked at: how that look ends is never told.
    well.emit('serverHeartbeatStarted', { connectionId: 'gone:27017' } as mongoose.mongo.ServerHeartbeatStartedEvent);
    well.emit('serverClosed', { address: 'gone:27017' } as mongoose.mongo.ServerClosedEvent);
    const { connection } = database;
    await connection.collection<{ _id: string }>('things').insertOne({ _id: 'before' });
    const stuck = connection.getClient();
    const [server] = (stuck as unknown as Insides).topology.s.servers.values();
    const socket = await waitUntil('the first look', async () => server?.monitor.connection?.socket);
    // As where it breaks while nobody listens: the driver takes it for open, writes to it, and waits.
    socket.removeAllListeners('close').destroy();
    await waitUntil(
      'another client',
      async () => connection.getClient() !== stuck && (await database.check().catch(() => undefined)) !== undefined,
      30_000,
    );
    expect(await connection.collection<{ _id: string }>('things').countDocuments()).to.equal(1);
    expect(await database.check()).to.include({ ok: 1 });
    expect(other.connection.getClient()).to.equal(well);
    await connection.dropDatabase();
    await database.close();
    await other.close();
  });

  it('is there when the database answers, whatever a broken client that closes late tells mongoose', async () => {
    const database = connectDatabase(testMongoUri('late'), createLogger('test', 'silent'));
    await database.ready;
    Object.assign(database.connection, { readyState: 0 });
    expect(database.connection.readyState).to.equal(0);
    expect(await database.check()).to.include({ ok: 1 });
    await database.close();
  });

  it('tells whoever is on the way while it is made anew that the database is away', async () => {
    const database = connectDatabase(testMongoUri('anew'), createLogger('test', 'silent'));
    await database.ready;
    const things = database.connection.collection<{ _id: string }>('things');
    await things.insertOne({ _id: 'before' });
    const asked = Promise.allSettled(Array.from({ length: 20 }, (_, i) => things.insertOne({ _id: `${i}` })));
    await new Promise((resolve) => setImmediate(resolve));
    await database.connection.close();
    const errors = (await asked).flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
    expect(errors.map(({ name }) => name)).to.include('MongoClientClosedError');
    expect(errors.filter((error) => !isDatabaseAway(error))).to.deep.equal([]);
    await database.close();
  });
});
