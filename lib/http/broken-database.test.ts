import { once } from 'node:events';
import net from 'node:net';
import { expect } from 'chai';
import type { Context } from 'koa';
import { describe, it } from 'mocha';
import { asProblem } from './app.ts';

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

describe('a connection to the database that breaks while a command is written', () => {
  it('is told as a database that is away, not as an error of ours', async () => {
    const error = await brokenWrite();
    expect(error).to.include({ name: 'Error', syscall: 'write' });
    const ctx = { log: { error: () => {} }, state: {} } as unknown as Context;
    expect(asProblem(error, ctx)).to.deep.include({ status: 503, code: 'database_unavailable' });
  });
});
