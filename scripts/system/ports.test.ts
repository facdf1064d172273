import { once } from 'node:events';
import net from 'node:net';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { checkPortsAreFree, findFreeOffset, findPortHolder, portsAt } from './ports.ts';

describe('portsAt', () => {
  it('adds the offset to every port', () => {
    expect(portsAt(100)).to.include({ 'client-app': 3101, temporal: 7333, 'mongodb-client': 27_201 });
  });

  it('refuses an offset with which a port would not exist', () => {
    expect(() => portsAt(50_000)).to.throw('from 0 to 38431');
    expect(() => portsAt(Number.NaN)).to.throw('NaN');
  });
});

/** Listens on some port from 20000 to 30000, which an offset can reach for every process. */
async function listenWhereFree(server: net.Server): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

describe('checkPortsAreFree', () => {
  const server = net.createServer();
  let port = 0;
  before(async () => {
    port = await listenWhereFree(server);
  });
  after(() => {
    server.close();
  });

  it('names the port, what wants it, who has it and the way out', async () => {
    const offset = port - 3002;
    const wayOut = (other: number) => `KURSI_PORT_OFFSET=${other} npm start`;
    const error = await checkPortsAreFree({ offset, names: ['client-app', 'ticket-app'], wayOut }).catch((e) => e);
    expect(error.message).to.include(`Port ${port}, which ticket-app needs, is taken by process ${process.pid}`);
    expect(error.message).to.match(/KURSI_PORT_OFFSET=\d+ npm start/);
  });

  it('lets free ports pass', async () => {
    const closed = net.createServer();
    const free = await listenWhereFree(closed);
    await new Promise((resolve) => closed.close(resolve));
    await checkPortsAreFree({ offset: free - 3001, names: ['client-app'], wayOut: String });
  });

  it('finds this process as the holder of its own port, on Linux', function () {
    if (process.platform !== 'linux') this.skip();
    expect(findPortHolder(port)?.pid).to.equal(process.pid);
  });
});

describe('findFreeOffset', () => {
  it('passes over an offset at which one port is taken', async () => {
    const first = await findFreeOffset(4_800);
    const server = net.createServer();
    server.listen(portsAt(first).temporal, '127.0.0.1');
    await once(server, 'listening');
    try {
      expect(await findFreeOffset(first)).to.be.greaterThan(first);
    } finally {
      server.close();
    }
  });
});
