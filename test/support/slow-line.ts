import { createServer, connect as dial, type Socket } from 'node:net';
import mongoose, { type Connection } from 'mongoose';

/**
 * Another connection to the same database, over a line that can be held: what is sent meanwhile arrives when it is let
 * go. So stands still a process, or a network, that wakes up later.
 */
export async function slowLineTo({ host, port, name }: Connection) {
  const sockets = new Set<Socket>();
  let isHeld = false;
  let held: Array<() => void> = [];
  let somethingHeld = () => {};

  const server = createServer((near) => {
    const far = dial(port, host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    far.pipe(near);
    near.on('data', (bytes) => {
      if (!isHeld) {
        far.write(bytes);
        return;
      }
      held.push(() => far.write(bytes));
      somethingHeld();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const slowPort = address !== null && typeof address === 'object' ? address.port : 0;
  // The driver's own heartbeats would be held, too, and taken for the call.
  const uri = `mongodb://127.0.0.1:${slowPort}/${name}?directConnection=true&heartbeatFrequencyMS=3600000`;
  const connection = await mongoose.createConnection(uri, { autoIndex: false, autoCreate: false }).asPromise();

  return {
    connection,
    /** From now on nothing arrives. */
    hold(): void {
      isHeld = true;
    },
    /** Resolves when something was sent, and is held back. */
    sent: (): Promise<void> =>
      new Promise((resolve) => {
        somethingHeld = resolve;
        if (held.length > 0) resolve();
      }),
    letGo(): void {
      isHeld = false;
      for (const write of held) write();
      held = [];
    },
    async close(): Promise<void> {
      await connection.close();
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
