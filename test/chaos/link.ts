// A TCP link between two processes that can be cut, silenced, slowed and stalled: what toxiproxy does, without its
// program (docs/decisions/020-faults-on-links.md).
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * `cut`: open connections break, and no new one comes about. `silence`: nothing gets through, and nobody is told.
 * `stall`: only what is open now stands still; what stood in it arrives when the link heals, however late. `slow`: each
 * packet takes so many milliseconds longer.
 */
export type LinkFault = { how: 'cut' } | { how: 'silence' } | { how: 'stall' } | { how: 'slow'; ms: number };

interface Pair {
  near: net.Socket;
  far: net.Socket;
  /** While it stands still: resolves when it goes on. */
  held?: Promise<void> | undefined;
  goOn?: () => void;
}

export interface Target {
  host: string;
  port: number;
}

export class Link {
  readonly #target: Target;
  readonly #server: net.Server;
  readonly #pairs = new Set<Pair>();
  #fault: LinkFault | undefined;

  constructor(target: Target) {
    this.#target = target;
    this.#server = net.createServer({ noDelay: true, allowHalfOpen: true }, (near) => this.#connect(near));
  }

  /** Resolves with the port at which the target is now reached through this link. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as net.AddressInfo).port;
  }

  inflict(fault: LinkFault): void {
    this.#fault = fault;
    for (const pair of this.#pairs) {
      if (fault.how === 'cut') breakOff(pair);
      if (fault.how === 'silence' || fault.how === 'stall') hold(pair);
    }
  }

  /** From here on everything passes, also what was held back. */
  heal(): void {
    this.#fault = undefined;
    for (const pair of this.#pairs) {
      pair.held = undefined;
      pair.goOn?.();
      pair.near.resume();
      pair.far.resume();
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const pair of this.#pairs) breakOff(pair);
    await once(this.#server, 'close');
  }

  #connect(near: net.Socket): void {
    if (this.#fault?.how === 'cut') {
      near.on('error', () => {});
      near.resetAndDestroy();
      return;
    }
    const far = net.connect({ ...this.#target, noDelay: true, allowHalfOpen: true });
    const pair: Pair = { near, far };
    this.#pairs.add(pair);
    this.#pass(near, far, pair);
    this.#pass(far, near, pair);
    if (this.#fault?.how === 'silence') hold(pair);
  }

  #pass(from: net.Socket, to: net.Socket, pair: Pair): void {
    const lateMs = () => (this.#fault?.how === 'slow' ? this.#fault.ms : 0);
    const later = inOrder(lateMs, () => pair.held);
    from.on('data', (chunk) => later(() => to.writable && to.write(chunk)));
    from.on('end', () => later(() => to.end()));
    // 'close' follows every 'error'.
    from.on('error', () => {});
    from.on('close', () => {
      // Until both ends are gone: one that stands still is to go on when the link heals.
      if (to.destroyed) this.#pairs.delete(pair);
      later(() => to.destroySoon());
    });
  }
}

/** Does one thing after the other, each so many milliseconds later: bytes never overtake each other. */
function inOrder(lateMs: () => number, held: () => Promise<void> | undefined): (what: () => void) => void {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  return (what) => {
    const dueAt = Date.now() + lateMs();
    if (waiting === 0 && dueAt <= Date.now()) return what();
    waiting += 1;
    last = last.then(async () => {
      await delay(Math.max(0, dueAt - Date.now()));
      await held();
      waiting -= 1;
      what();
    });
  };
}

/** What is sent from now on waits, and what is on its way. */
function hold(pair: Pair): void {
  pair.held = new Promise((resolve) => {
    pair.goOn = resolve;
  });
  pair.near.pause();
  pair.far.pause();
}

function breakOff({ near, far }: Pair): void {
  near.resetAndDestroy();
  far.resetAndDestroy();
}
