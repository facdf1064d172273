// One run: a load of buyers, a nemesis that strikes, a recorder; then everything heals, and the audit and the history
// checker judge.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { limits } from '../../lib/contracts/limits.ts';
import type { Say } from '../../scripts/system/progress.ts';
import type { RemoteSystem } from '../../scripts/testing/remote-system.ts';
import { outcomeOf } from '../../services/payment-app/commands/payment-outcome.ts';
import type { PaymentMethod } from '../../services/payment-app/payment-method.ts';
import { temporalClient } from '../../temporal/connection.ts';
import { closeDatabases } from '../e2e/databases.ts';
import { theAdmin } from '../e2e/stage.ts';
import { setSystem } from '../engines.ts';
import { Recorder } from '../race/recorder.ts';
import { theDatabases, type Unrest, untilAtRest } from '../race/rest.ts';
import { type Counts, counter } from './counts.ts';
import { endsOf, type History } from './history.ts';
import { contradictions } from './history-checker.ts';
import { Load } from './load.ts';
import { Nemesis } from './nemesis.ts';
import { Network } from './network.ts';
import { type Recovered, Recovery, slowestAfterKills } from './recovery.ts';
import { type Aim, hardStrikes, type Strike, type Targets, webhookStrikes } from './schedule.ts';

export interface ChaosOptions {
  seed: number;
  /** How long people come and the nemesis strikes. */
  seconds: number;
  say: Say;
  /** Aborted: heals at once, and judges what has happened until then. */
  signal: AbortSignal;
  /** Asked when the time is over: it goes on until this is so, however slow the machine is. Default: it is. */
  isEnough?: (soFar: SoFar) => boolean;
  /** Only faults of processes and links that match, as in `kill ticket-app`. Default: all. */
  focus?: RegExp | undefined;
  /** How long everything may take to come to rest after the last fault was undone. */
  restMs?: number;
}

export interface SoFar {
  /** Strikes at processes and links that are over. */
  strikes: number;
  faults: Readonly<Counts>;
  /** Answers by kind of call and status: `book 201`. */
  answers: Readonly<Counts>;
}

export interface ChaosReport {
  ok: boolean;
  seed: number;
  seconds: number;
  requests: number;
  /** Answers by kind of call and status: `book 201`. */
  answers: Counts;
  /** Requests that were not served: no answer, 503; whatever else from 500 on is a violation, too. */
  outages: Counts;
  /** By the state in which they ended. */
  bookings: Counts;
  faults: Counts;
  violations: string[];
  /** After the kill of one process, from its restart (the new one begins to start) to the first booking; the slowest. */
  slowestRecoveryMs: number | null;
  /** The same from the instant at which the new process said that it was ready; 0 if it was sold before. */
  slowestRecoverySinceReadyMs: number | null;
  recoveries: Recovered[];
  settledMs: number;
}

/** Whoever has no answer after this gives up and asks again: a little more than client-app's own patience (10 s). */
const patienceMs = 12_000;
const usualRestMs = 150_000;
const sayEveryMs = 10_000;
/** About what two processors shared with a nemesis serve: more would be a test of overload. */
const loadSize = { worlds: 4, regulars: 3, shoppers: 2 };
const declineRate = 0.1;
/** As in production, also where tests run with other settings: random failures, and protection from overload. */
const usual = {
  PAYMENT_DECLINE_RATE: String(declineRate),
  ORGANIZER_FAILURE_RATE: '0.2',
  PAYMENT_REFUND_FAILURE_RATE: '0.1',
  SLOW_CALL_MS: String(limits.slowCallMs),
  CALLS_IN_FLIGHT: String(limits.callsInFlight),
  BOOKINGS_IN_FLIGHT: String(limits.bookingsInFlight),
};

interface Stage {
  system: RemoteSystem;
  network: Network;
  nemesis: Nemesis;
  recorder: Recorder;
  load: Load;
  recovery: Recovery;
  /** How often each fault was. */
  faults: Counts;
  isOver: () => boolean;
  /** What kept the load from going on. */
  problems: string[];
}

/** Plays one run on a system that runs, and leaves it as it was found. */
export async function chaos(system: RemoteSystem, options: ChaosOptions): Promise<ChaosReport> {
  const { seed, seconds, say, signal, isEnough = () => true } = options;
  const faults: Counts = {};
  const network = await Network.between(system, counter(faults));
  const calls = new Calls();
  const recorder = new Recorder({ patienceMs, onAnswer: (said) => calls.tell(said.asked.do, said.status) });
  const env = { ...usual, PAYMENT_SEED: String(seed), ORGANIZER_SEED: String(seed) };
  const nemesis = new Nemesis({ system, network, env, next: calls.next, count: counter(faults), say });
  try {
    say('Leading every connection over links that can be struck …');
    await Promise.all(network.services.map((name) => nemesis.start(name)));
    setSystem({ ...system, urls: network.urls });
    // Opened while everything is there: a connection that never came about stays away.
    await theDatabases();
    await theAdmin();
    const endsAt = Date.now() + seconds * 1_000;
    const soFar = () => ({ strikes: recovery.all.length, faults, answers: Object.fromEntries(recorder.counts) });
    const isOver = () => signal.aborted || (Date.now() > endsAt && isEnough(soFar()));
    const load = new Load({ seed, ...loadSize, recorder, isOver });
    const recovery = new Recovery(load, recorder);
    const stage = { system, network, nemesis, recorder, load, recovery, faults, isOver, problems: [] };
    await play(stage, options);
    return await judge(stage, options);
  } finally {
    setSystem(system);
    await Promise.all(network.services.map((name) => system.restart(name)));
    await Promise.all([network.close(), closeDatabases()]);
  }
}

/** People come, and the nemesis strikes, until it is over and everything is healed. */
async function play(stage: Stage, { seed, seconds, focus, say, signal }: ChaosOptions): Promise<void> {
  const { system, network, nemesis, load, recovery, isOver, problems } = stage;
  const targets = targetsOf(system, network);
  const strikeAll = async (strikes: Iterable<Strike>, strike: (one: Strike) => Promise<void>) => {
    for (const one of strikes) {
      await delay(one.pauseMs, undefined, { signal }).catch(() => {});
      if (isOver()) return;
      await strike(one);
    }
  };
  const strikeAndMeasure = async (one: Strike) => {
    let recovered: Promise<void> = Promise.resolve();
    const struck = nemesis.strike(one, (healedAt) => {
      recovered = recovery.after(one.faults, healedAt, struck);
    });
    await struck;
    await recovered;
  };
  say(`Seed ${seed}: people come for ${seconds} s.`);
  await recovery.begin();
  await Promise.all([
    load.run().catch((error: Error) => void problems.push(`The load came to a stop: ${error.message}`)),
    strikeAll(hardStrikes(seed, targets, focus), strikeAndMeasure),
    strikeAll(webhookStrikes(seed, targets), (one) => nemesis.strike(one)),
  ]);
  await recovery.over();
}

/** Waits until everything that was begun has come to its end, and compares what people were told with what is so. */
async function judge(stage: Stage, { seed, seconds, say, restMs = usualRestMs }: ChaosOptions): Promise<ChaosReport> {
  const { system, nemesis, recorder, load, recovery, faults, problems } = stage;
  say('Everything is healed; waiting until all that was begun has come to its end …');
  const from = Date.now();
  const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = system.env;
  const temporal = temporalClient({ TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE });
  const databases = await theDatabases();
  const watched = { databases, temporal, eventIds: load.eventIds, acknowledged: recorder.acknowledged };
  const unrest = await untilAtRest(
    watched,
    restMs,
    everySoOften(sayEveryMs, (now) => say(`  ${wordingOfUnrest(now)}`)),
  );
  const settledMs = Date.now() - from;
  await temporal.connection.close();

  const history: History = { said: recorder.said, seen: recorder.seen, ...(await endsOf(databases, load.eventIds)) };
  const expected = ({ attemptId, method }: { attemptId: string; method: string }) =>
    outcomeOf({ attemptId, method: method as PaymentMethod }, { seed: String(seed), declineRate });
  const violations = [
    ...problems,
    ...nemesis.taken.map((what) => `A forged webhook was taken for a true one: ${what}`),
    ...unrest.going.map((what) => `Not at rest: ${what}`),
    ...unrest.found.map(({ invariant, what, ids }) => `${invariant}: ${what} ${ids.join(' ')}`),
    ...contradictions(history, expected).map(({ rule, what, ids }) => `History, ${rule}: ${what} ${ids.join(' ')}`),
  ];
  keep(system.dir, history, recorder);
  const recoveries = recovery.all;
  const verdict = { ok: violations.length === 0, violations, ...slowestAfterKills(recoveries), recoveries, settledMs };
  return { seed, seconds, ...countsOf(recorder, history), faults, ...verdict };
}

const wordingOfUnrest = ({ going, found }: Unrest): string =>
  going.length > 0 ? going.slice(0, 4).join(', ') : `${found.length} disagreements`;

/** In an order of their own: the same seed strikes the same things wherever it is played. */
const targetsOf = ({ processes }: RemoteSystem, { links, webhookLinks }: Network): Targets => ({
  processes: [...processes].sort(),
  links: [...links.keys()].sort(),
  webhookLinks: [...webhookLinks.keys()].sort(),
});

/** Who waits for the next call of a kind that is answered with a 2xx. */
class Calls {
  readonly #waiting = new Map<string, Set<() => void>>();

  tell(what: string, status: number | undefined): void {
    if (status === undefined || status >= 300) return;
    for (const resolve of this.#waiting.get(what) ?? []) resolve();
    this.#waiting.delete(what);
  }

  next = (aim: Aim, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      this.#waiting.set(aim, (this.#waiting.get(aim) ?? new Set()).add(resolve));
      signal.addEventListener('abort', () => resolve());
    });
}

function everySoOften<T>(ms: number, tell: (what: T) => void): (what: T) => void {
  let last = Date.now();
  return (what) => {
    if (Date.now() - last < ms) return;
    last = Date.now();
    tell(what);
  };
}

function countsOf(recorder: Recorder, history: History) {
  const answers = Object.fromEntries([...recorder.counts].sort(([a], [b]) => a.localeCompare(b)));
  const outages: Counts = {};
  const bookings: Counts = {};
  const outage = counter(outages);
  for (const { status, told } of recorder.said) {
    if (status === undefined) outage('no answer');
    else if (status >= 500) outage(`${status} ${told.code ?? ''}`.trim());
  }
  for (const { status } of history.bookings) counter(bookings)(status);
  const requests = Object.values(answers).reduce((sum, count) => sum + count, 0);
  return { requests, answers, outages, bookings };
}

/** For whoever wants to know how it came to be. */
function keep(dir: string, history: History, recorder: Recorder): void {
  const folder = path.join(dir, 'chaos');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'history.json'), JSON.stringify(history));
  writeFileSync(path.join(folder, 'requests.txt'), `${recorder}\n`);
}
