import { once } from 'node:events';
import net from 'node:net';
import { expect } from 'chai';
import type { Context } from 'koa';
import { describe, it } from 'mocha';
import mongoose from 'mongoose';
import { asProblem } from '../http/app.ts';

/** What a socket says of a write after the other side has broken off, as the driver of MongoDB throws it. */
async function brokenWrite(): Promise<Error> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1').pause();
  const [[accepted]] = await Promise.all([
    once(server, 'connection') as Promise<[net.Socket]>,
    once(socket, 'connect'),
  ]);
  accepted.resetAndDestroy();
  await once(accepted, 'close');
  const error = await new Promise<Error>((resolve) => {
    socket.on('error', resolve).write('a command');
  });
  server.close();
  return error;
}

/** As the driver names it: in-use connections of a server whose monitor timed out. The class is not exported. */
class PoolClearedOnNetworkError extends mongoose.mongo.MongoNetworkError {
  override get name(): string {
    return 'PoolClearedOnNetworkError';
  }
}

describe('a connection to the database that breaks while a command is under way', () => {
  const problemOf = (error: Error) => {
    const ctx = { log: { error: () => {} }, state: {} } as unknown as Context;
    return asProblem(error, ctx);
  };
  const away = { status: 503, code: 'database_unavailable' };

  it('is told as a database that is away, not as an error of ours', async () => {
    const error = await brokenWrite();
    expect(error).to.include({ name: 'Error', syscall: 'write' });
    expect(problemOf(error)).to.deep.include(away);
  });

  it('is told so, too, by every kind of network error that the driver has', () => {
    expect(problemOf(new PoolClearedOnNetworkError('interrupted due to server monitor timeout'))).to.deep.include(away);
    expect(problemOf(new mongoose.mongo.MongoNetworkTimeoutError('timed out'))).to.deep.include(away);
    expect(problemOf(new Error('of ours'))).to.deep.include({ status: 500 });
  });
});
