import { setTimeout as delay } from 'node:timers/promises';
import type { Say } from '../../scripts/system/progress.ts';
import type { RemoteSystem } from '../../scripts/testing/remote-system.ts';
import type { Count } from './counts.ts';
import { forge } from './forge.ts';
import type { Network } from './network.ts';
import type { Aim, Fault, Strike } from './schedule.ts';

/** Who wants to strike right after a call waits for one this long. */
const AIM_MS = 6_000;
/**
 * What is slow is struck after so many times its delay: four commands and their answers, for a booking claims its seat with
 * the fourth. Then each command that there is, is on its way.
 */
const SLOW_BEFORE = 8;
/** A process that cannot be started again (its port was taken meanwhile) is tried again. */
const RESTART_EVERY_MS = 500;

interface Dependencies {
  system: RemoteSystem;
  network: Network;
  /** Added to what every service is started with. */
  env: Record<string, string>;
  /** Resolves after the next call of that kind that is answered with a 2xx, or when the signal says so. */
  next: (aim: Aim, signal: AbortSignal) => Promise<void>;
  count: Count;
  say: Say;
}

export const wordingOf = (fault: Fault): string => {
  if (fault.kind === 'forge') return `forge a webhook ${fault.link}: ${fault.how}`;
  const what = 'process' in fault ? `${fault.kind} ${fault.process}` : `${fault.kind} ${fault.link}`;
  const how = fault.kind === 'webhooks' ? `: ${fault.what}` : '';
  const after = 'after' in fault && fault.after ? ` ${fault.lateMs ?? 0} ms after ${fault.after}` : '';
  return `${what}${how}${after} for ${fault.forMs} ms`;
};

/** Strikes a system, and undoes it. Never leaves anything broken behind, whatever happens in between. */
export class Nemesis {
  readonly #given: Dependencies;
  /** A webhook that was forged and taken for a true one. */
  readonly taken: string[] = [];

  constructor(given: Dependencies) {
    this.#given = given;
  }

  /** Starts a service, so that it uses the links. */
  async start(name: string): Promise<void> {
    const { system, network, env, say } = this.#given;
    const own = network.envOf(name);
    const isService = Object.keys(own).length > 0;
    for (;;) {
      try {
        return await system.restart(name, isService ? { ...env, ...own } : {});
      } catch (error) {
        say(`${name} could not be started: ${(error as Error).message.split('\n')[0]}`);
        await delay(RESTART_EVERY_MS);
      }
    }
  }

  /**
   * Does it all at once. `onHealed` is called when the last of it is being undone: a link passes again, a new process begins
   * to start. Resolves when every process is ready again.
   */
  async strike({ faults }: Strike, onHealed: (healedAt: number) => void = () => {}): Promise<void> {
    this.#given.say(`  ${faults.map(wordingOf).join('; ')}`);
    let left = faults.length;
    const healed = () => {
      left -= 1;
      if (left === 0) onHealed(Date.now());
    };
    await Promise.all(faults.map((fault) => this.#inflict(fault, healed)));
  }

  async #inflict(fault: Fault, healed: () => void): Promise<void> {
    const { count, network, system, next } = this.#given;
    if ('after' in fault && fault.after) {
      await next(fault.after, AbortSignal.timeout(AIM_MS));
      await delay(fault.lateMs ?? 0);
    }
    count(fault.kind);
    switch (fault.kind) {
      case 'kill':
        return this.#kill(fault, healed);
      case 'stop': {
        await system.kill(fault.process, 'SIGSTOP');
        await delay(fault.forMs);
        await system.kill(fault.process, 'SIGCONT');
        return healed();
      }
      case 'webhooks': {
        const link = network.webhookLinks.get(fault.link);
        link?.inflict(fault.what, fault.byMs);
        await delay(fault.forMs);
        return link?.heal();
      }
      case 'forge': {
        const link = network.webhookLinks.get(fault.link);
        const status = link && (await forge(link, fault.how));
        if (status === 401) count('forge: refused');
        else if (status !== undefined && status < 300) this.taken.push(wordingOf(fault));
        return;
      }
      default: {
        const link = network.links.get(fault.link);
        if (fault.kind !== 'slow' && fault.slowMs !== undefined) {
          link?.inflict({ how: 'slow', ms: fault.slowMs });
          await delay(SLOW_BEFORE * fault.slowMs);
        }
        link?.inflict(fault.kind === 'slow' ? { how: 'slow', ms: fault.byMs } : { how: fault.kind });
        await delay(fault.forMs);
        link?.heal();
        return healed();
      }
    }
  }

  async #kill({ process, forMs, slowMs }: Extract<Fault, { kind: 'kill' }>, healed: () => void): Promise<void> {
    const { system, network } = this.#given;
    const own = [...network.links].filter(([name]) => slowMs !== undefined && name.startsWith(`${process} `));
    for (const [, link] of own) link.inflict({ how: 'slow', ms: slowMs ?? 0 });
    if (slowMs !== undefined) await delay(SLOW_BEFORE * slowMs);
    await system.kill(process, 'SIGKILL');
    for (const [, link] of own) link.heal();
    await delay(forMs);
    healed();
    await this.start(process);
  }
}
