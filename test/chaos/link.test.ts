import { once } from 'node:events';
import net from 'node:net';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { waitUntil } from '../wait-until.ts';
import { Link } from './link.ts';

describe('a link between two processes', () => {
  let server: net.Server;
  let link: Link;
  let port: number;
  /** What has arrived at the far end. */
  let heard: string;
  const open: net.Socket[] = [];

  beforeEach(async () => {
    heard = '';
    server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        heard += chunk;
        socket.write(chunk);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    link = new Link({ host: '127.0.0.1', port: (server.address() as net.AddressInfo).port });
    port = await link.listen();
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.destroy();
    await link.close();
    server.close();
  });

  const closed = (socket: net.Socket) => new Promise((resolve) => socket.once('close', resolve));

  async function connect(): Promise<net.Socket> {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    open.push(socket);
    await once(socket, 'connect');
    return socket;
  }
  async function echo(socket: net.Socket, text: string): Promise<string> {
    socket.write(text);
    const [chunk] = await once(socket, 'data');
    return String(chunk);
  }

  it('passes everything both ways', async () => {
    expect(await echo(await connect(), 'one')).to.equal('one');
  });

  it('cut: breaks what is open, and lets nobody through until it heals', async () => {
    const before = await connect();
    await echo(before, 'one');
    link.inflict({ how: 'cut' });
    await closed(before);
    const meanwhile = net.connect(port, '127.0.0.1').on('error', () => {});
    await closed(meanwhile);
    link.heal();
    expect(await echo(await connect(), 'two')).to.equal('two');
    expect(heard).to.equal('onetwo');
  });

  it('silence: nothing arrives, on old and new connections, until it heals', async () => {
    const before = await connect();
    await echo(before, 'one');
    link.inflict({ how: 'silence' });
    before.write('two');
    const meanwhile = await connect();
    meanwhile.write('three');
    const direct = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    open.push(direct);
    // It has come and gone directly, while the link keeps what it was given first.
    await once(direct, 'connect');
    await echo(direct, '!');
    expect(heard).to.equal('one!');
    link.heal();
    await waitUntil('what was held back', async () => heard.includes('two') && heard.includes('three'));
  });

  it('stall: what was on its way arrives when it heals, also from one who has left; others pass meanwhile', async () => {
    const late = await connect();
    await echo(late, 'one');
    link.inflict({ how: 'stall' });
    late.end('zombie');
    expect(await echo(await connect(), 'two')).to.equal('two');
    expect(heard).to.equal('onetwo');
    link.heal();
    await waitUntil('what was on its way', async () => heard === 'onetwozombie');
  });

  it('stall after slow: what had not yet arrived arrives when it heals', async () => {
    const late = await connect();
    await echo(late, 'one');
    link.inflict({ how: 'slow', ms: 100 });
    late.write('zombie');
    await waitUntil('it to be on its way', async () => late.bytesWritten === 'onezombie'.length);
    link.inflict({ how: 'stall' });
    expect(await echo(await connect(), 'two')).to.equal('two');
    expect(heard).to.equal('onetwo');
    link.heal();
    await waitUntil('what was on its way', async () => heard === 'onetwozombie');
  });

  it('slow: everything takes longer, in its order', async () => {
    const socket = await connect();
    link.inflict({ how: 'slow', ms: 120 });
    const startedAt = performance.now();
    await echo(socket, 'one');
    expect(performance.now() - startedAt).to.be.at.least(200);
    socket.write('two');
    link.heal();
    socket.write('three');
    await waitUntil('all of it', async () => heard.length === 11);
    expect(heard).to.equal('onetwothree');
  });
});
