import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import mongoose from 'mongoose';
import { YAdapter } from '../../activities/organizers/y-adapter.ts';
import { credentialsY, organizerDatabase } from '../../test/organizer-system.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Child {
  process: ChildProcess;
  url: string;
}

/** Everything the process writes until `enough` says so, or until it ends. */
async function outputUntil(child: ChildProcess, enough: (text: string) => boolean): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    const read = (part: Buffer) => {
      text += part.toString();
      if (enough(text)) resolve(text);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', () => resolve(text));
  });
}

/** On a busy machine a call may take longer than an adapter waits. */
async function untilAnswered<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries === 10) throw error;
    }
  }
}

describe('an organizer system as a process', function () {
  this.timeout(60_000);
  const children: ChildProcess[] = [];

  const run = (system: string[], env: Record<string, string>) => {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, ['--import=tsx', main, ...system], {
      env: { PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return child;
  };
  const environmentOfY = (uri: string) => ({
    ORGANIZER_Y_PORT: '0',
    ORGANIZER_Y_MONGODB_URI: uri,
    ORGANIZER_Y_KEY_ID: credentialsY.keyId,
    ORGANIZER_Y_SECRET: credentialsY.secret,
    ORGANIZER_FAILURE_RATE: '0',
  });
  const start = async (uri: string): Promise<Child> => {
    const child = run(['y'], environmentOfY(uri));
    const output = await outputUntil(child, (text) => text.includes('"listening"'));
    const url = /"url":"([^"]+)"/.exec(output)?.[1];
    if (url === undefined) throw new Error(`It did not start: ${output}`);
    return { process: child, url };
  };
  const startReady = async (uri: string): Promise<Child> => {
    const child = await start(uri);
    while (!(await fetch(`${child.url}/readyz`)).ok);
    return child;
  };
  const kill = async (child: Child) => {
    const ended = once(child.process, 'exit');
    child.process.kill('SIGKILL');
    await ended;
  };

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('keeps what it acknowledged, and leaves nobody with half a hold, when it is killed in the middle of work', async () => {
    const uri = await organizerDatabase('organizer-killed');
    const requests = Array.from({ length: 80 }, (_, i) => ({
      reference: `booking-${i}`,
      eventRef: 'EVENT',
      seatIds: [`A-${i}`, `B-${i}`, `C-${i}`],
    }));
    const first = await startReady(uri);
    const before = new YAdapter({ url: first.url, ...credentialsY });
    const acknowledged = new Set<string>();
    const cutOff: string[] = [];
    const waiting = [...requests];
    let killed: Promise<void> | undefined;
    const buyer = async () => {
      for (let request = waiting.shift(); request; request = waiting.shift()) {
        try {
          await before.hold(request);
          acknowledged.add(request.reference);
        } catch {
          cutOff.push(request.reference);
        }
        if (acknowledged.size >= 20) killed ??= kill(first);
      }
    };
    await Promise.all(Array.from({ length: 12 }, buyer));
    await killed;
    before.close();
    expect(acknowledged.size, 'holds acknowledged before the kill').to.be.at.least(20);
    expect(cutOff.length, 'calls that the kill cut off').to.be.above(0);

    const second = await startReady(uri);
    const after = new YAdapter({ url: second.url, ...credentialsY });
    const listed = await untilAnswered(() => after.listHolds('EVENT'));
    const kept = new Map(listed.map((hold) => [hold.reference, hold.state]));
    for (const reference of acknowledged) expect(kept.get(reference), reference).to.equal('held');
    // Everybody asks again, or gives up: either way nothing is left over.
    for (const [i, request] of requests.entries()) {
      if (i % 2 === 1) await untilAnswered(() => after.release(request));
      else expect(await untilAnswered(() => after.hold(request))).to.have.property('outcome', 'held');
    }
    after.close();
    const connection = await mongoose.createConnection(uri).asPromise();
    const claims = await connection.collection('seat_claims').find().toArray();
    const held = requests.filter((_, i) => i % 2 === 0).flatMap(({ seatIds }) => seatIds);
    expect(claims.map(({ seat }) => seat).sort()).to.deep.equal(held.sort());
    await connection.dropDatabase();
    await connection.close();
  });

  it('stops in order on SIGTERM', async () => {
    const child = await startReady(await organizerDatabase('organizer-stopped'));
    const ended = once(child.process, 'exit');
    child.process.kill('SIGTERM');
    expect(await ended).to.deep.equal([0, null]);
  });

  it('serves before its database is there, and says that it is not ready', async () => {
    const child = await start('mongodb://127.0.0.1:9/away');
    const alive = await fetch(`${child.url}/healthz`);
    expect(alive.status).to.equal(200);
    const ready = await fetch(`${child.url}/readyz`);
    expect(ready.status).to.equal(503);
    expect(await ready.json()).to.deep.equal({ ready: false, dependencies: { database: 'not connected' } });
  });

  it('does not start without its configuration, and names what is wrong', async () => {
    const complete = environmentOfY('mongodb://127.0.0.1:9/away');
    const cases: [string[], Record<string, string>, RegExp][] = [
      [[], complete, /main\.ts x, or main\.ts y/],
      [['x'], complete, /ORGANIZER_X_MONGODB_URI is required/],
      [['y'], { ...complete, ORGANIZER_Y_SECRET: 'short' }, /ORGANIZER_Y_SECRET .*16 characters/],
      [['y'], { ...complete, ORGANIZER_FAILURE_RATE: '20' }, /ORGANIZER_FAILURE_RATE .*from 0 to 1/],
    ];
    await Promise.all(
      cases.map(async ([system, env, message]) => {
        const child = run(system, env);
        const ended = once(child, 'exit');
        expect(await outputUntil(child, () => false)).to.match(message);
        expect((await ended)[0]).to.equal(1);
      }),
    );
  });
});
