// What the nemesis does, when and for how long: made up from a seed, before anything runs.
import { randomOf } from '../../bench/random.ts';
import { type WebhookFault, webhookFaults } from './webhook-link.ts';

/** What callers are told with a 2xx: a kill may wait for the next one, to strike right after it. */
export type Aim = 'book' | 'pay' | 'cancel' | 'join' | 'leave';

/** Strikes when such a call has been answered, so many milliseconds after it: at what follows from it. */
interface Aimed {
  after?: Aim;
  lateMs?: number;
}

export type Fault =
  /** kill -9, and a new process after `forMs`. `slowMs`: its links are slow for a moment before. */
  | ({ kind: 'kill'; process: string; forMs: number; slowMs?: number } & Aimed)
  /** SIGSTOP, and SIGCONT after `forMs`. */
  | ({ kind: 'stop'; process: string; forMs: number } & Aimed)
  /** `slowMs`: it is slow for a moment before, so that much is on its way. */
  | ({ kind: 'cut' | 'silence' | 'stall'; link: string; forMs: number; slowMs?: number } & Aimed)
  | { kind: 'slow'; link: string; forMs: number; byMs: number }
  | { kind: 'webhooks'; link: string; forMs: number; what: WebhookFault; byMs: number }
  /** A webhook that nobody who may has signed. */
  | { kind: 'forge'; link: string; how: Forgery };

export const forgeries = ['no signature', 'another secret', 'another body', 'an old timestamp'] as const;
export type Forgery = (typeof forgeries)[number];

/** Faults that begin together, `pauseMs` after everything that came before has healed. */
export interface Strike {
  pauseMs: number;
  faults: Fault[];
}

/** What can be struck. */
export interface Targets {
  processes: readonly string[];
  links: readonly string[];
  webhookLinks: readonly string[];
}

/** The whole numbers that a schedule is made of. */
class Dice {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = randomOf(seed);
  }
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }
  chance(share: number): boolean {
    return this.#random() < share;
  }
  oneOf<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)] as T;
  }
  shuffled<T>(list: readonly T[]): T[] {
    const rest = [...list];
    return Array.from(list, () => rest.splice(this.between(0, rest.length - 1), 1)[0] as T);
  }
}

/** Deals everything there is before anything comes again, so that a short run, too, meets each kind. */
class Deck<T> {
  readonly #all: readonly T[];
  readonly #dice: Dice;
  #left: T[] = [];
  constructor(all: readonly T[], dice: Dice) {
    this.#all = all;
    this.#dice = dice;
  }
  next(): T {
    if (this.#left.length === 0) this.#left = this.#dice.shuffled(this.#all);
    return this.#left.pop() as T;
  }
}

/** Longer than a step may take (5 s) and than a buyer waits (10 s): others have gone on when it wakes up. */
const LONG_MS = [11_000, 14_000] as const;
const LONG_SHARE = 0.25;
/** Work goes on beside it; what stood still is to arrive when others have gone on. */
const STALL_MS = [6_000, 15_000] as const;
/** Whatever is struck, work succeeds in between. */
const PAUSE_MS = [1_000, 3_500] as const;
/** A hand-over begins within 0.2 s of the cancellation that causes it. */
const LATE_MS = [0, 300] as const;
/** How many strikes are of two faults at once, aim at a call, or at what has just become slow. */
const SECOND_SHARE = 0.3;
const AIMED_SHARE = 0.7;
const SLOW_SHARE = 0.6;

/** The call after which the loss of a process tells most. */
const AIMS: Partial<Record<string, readonly Aim[]>> = {
  'mongodb-payment': ['pay'],
  'mongodb-client': ['book', 'join'],
  'mongodb-ticket': ['book', 'join', 'leave'],
  'payment-app': ['pay'],
  'ticket-app': ['pay', 'book'],
  'ticketing-worker': ['cancel', 'leave', 'book'],
  temporal: ['book', 'cancel'],
};

const targetOf = (fault: Fault): string => ('process' in fault ? fault.process : fault.link);

const ofProcesses = ['kill', 'stop'] as const;
const ofLinks = ['cut', 'silence', 'stall', 'slow'] as const;
type HardKind = (typeof ofProcesses)[number] | (typeof ofLinks)[number];
/** Kills come twice as often as each of the others. */
const dealt: readonly HardKind[] = ['kill', ...ofProcesses, ...ofLinks];

/** What each kind of fault can strike, of that which matches. @throws when that is nothing at all. */
function struckBy({ processes, links }: Targets, focus: RegExp, dice: Dice): Map<HardKind, Deck<string>> {
  const decks = new Map<HardKind, Deck<string>>();
  for (const [kinds, names] of [
    [ofProcesses, processes],
    [ofLinks, links],
  ] as const) {
    for (const kind of kinds) {
      const matching = names.filter((name) => focus.test(`${kind} ${name}`));
      if (matching.length > 0) decks.set(kind, new Deck(matching, dice));
    }
  }
  if (decks.size === 0)
    throw new Error(`No fault matches ${focus}, such as "kill ticket-app" or "${[...ofLinks].at(0)} ${links[0]}".`);
  return decks;
}

/**
 * Strikes at processes and links, without an end: whoever plays them stops when the time is over. `focus`: only what
 * matches, as in `kill ticket-app`.
 */
export function* hardStrikes(seed: number, targets: Targets, focus = /./): Generator<Strike, never> {
  const dice = new Dice(seed);
  const struck = struckBy(targets, focus, dice);
  const kinds = new Deck(
    dealt.filter((kind) => struck.has(kind)),
    dice,
  );
  const forMs = () => (dice.chance(LONG_SHARE) ? dice.between(...LONG_MS) : dice.between(500, 3_500));
  const aimed = (process = ''): Aimed => {
    const aims = AIMS[process];
    if (!aims || !dice.chance(AIMED_SHARE)) return {};
    // A database is to lose what it has just acknowledged; the others are to be in the middle of what follows.
    return { after: dice.oneOf(aims), ...(!process.startsWith('mongodb') && { lateMs: dice.between(...LATE_MS) }) };
  };

  function fault(): Fault {
    const kind = kinds.next();
    const target = struck.get(kind)?.next() ?? '';
    switch (kind) {
      case 'kill': {
        const slow = dice.chance(SLOW_SHARE) ? { slowMs: dice.between(20, 200) } : {};
        return { kind, process: target, forMs: dice.between(0, 1_500), ...aimed(target), ...slow };
      }
      case 'stop':
        return { kind, process: target, forMs: forMs(), ...aimed(target) };
      case 'slow':
        return { kind, link: target, forMs: dice.between(1_000, 4_000), byMs: dice.between(30, 500) };
      case 'stall':
        return { kind, link: target, forMs: dice.between(...STALL_MS), slowMs: dice.between(100, 400) };
      default: {
        const slow = dice.chance(SLOW_SHARE) ? { slowMs: dice.between(50, 400) } : {};
        return { kind, link: target, forMs: forMs(), ...aimed(target.split(' ')[0]), ...slow };
      }
    }
  }

  for (;;) {
    const first = fault();
    const second = dice.chance(SECOND_SHARE) ? fault() : undefined;
    // One thing is struck once at a time.
    const both = second && targetOf(second) !== targetOf(first) ? [first, second] : [first];
    yield { pauseMs: dice.between(...PAUSE_MS), faults: both };
  }
}

/** What happens to webhooks, meanwhile and without an end. */
export function* webhookStrikes(seed: number, { webhookLinks }: Targets): Generator<Strike, never> {
  const dice = new Dice(seed ^ 0x3eb);
  const kinds = new Deck(webhookFaults, dice);
  const forged = new Deck(forgeries, dice);
  for (;;) {
    const link = dice.oneOf(webhookLinks);
    const struck: Fault = {
      kind: 'webhooks',
      link,
      forMs: dice.between(1_500, 4_000),
      what: kinds.next(),
      byMs: dice.between(200, 6_000),
    };
    const faults: Fault[] = [struck, { kind: 'forge', link: dice.oneOf(webhookLinks), how: forged.next() }];
    yield { pauseMs: dice.between(500, 2_000), faults };
  }
}
