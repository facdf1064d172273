import type { Step } from './checker.ts';
import { put, spend, the, type World } from './world.ts';

/**
 * One attempt at an activity, stopped before its operation `at` (of seat number `nth`, where it goes from seat to seat).
 * `seen`: what it has read and will act upon.
 */
export interface Attempt {
  readonly activity: string;
  /** The booking, entry or seat that it is about. */
  readonly of: string;
  readonly at: string;
  readonly nth?: number;
  readonly seen?: unknown;
  /** What it was called with. */
  readonly by?: string;
  /** A minute has passed since it began. */
  readonly isOld?: boolean;
}

/** What one operation of an attempt has done: it goes on (`next`), or this was the last one (`answer`). */
export interface Ran {
  world: World;
  did: string;
  next?: Attempt;
  answer?: string;
}

/** Runs the next operation of an attempt. */
export type Activity = (world: World, attempt: Attempt) => Ran;
export type Activities = Readonly<Record<string, Activity>>;

/** What a workflow remembers, for ever: each finished step is in its history. Which fields are used depends on the workflow. */
export interface Run {
  /** The step that it is at; `none`: not started. */
  readonly at: string;
  /** The attempt under way at that step, once it has done something. */
  readonly attempt: Attempt | null;
  /** Returning the money goes on beside giving the seats back. */
  readonly money: 'none' | 'requestRefund' | 'returned';
  readonly moneyAttempt: Attempt | null;
  readonly payment: '' | 'FAILED' | 'PAID';
  /** Why it was asked to cancel, if it was, and whether only while it is unpaid. */
  readonly cancel: string;
  readonly unlessPaid: boolean;
  /** The release at the organizer is registered. */
  readonly releasesHold: boolean;
  /** Why it ends without a ticket. */
  readonly ending: string;
}

export const notStarted: Run = {
  at: 'none',
  attempt: null,
  money: 'none',
  moneyAttempt: null,
  payment: '',
  cancel: '',
  unlessPaid: true,
  releasesHold: false,
  ending: '',
};

export const isRunning = (run: Run | undefined): boolean =>
  run !== undefined &&
  run.at !== 'none' &&
  run.at !== 'terminated' &&
  (run.at !== 'closed' || run.money === 'requestRefund');

/** The workflow goes on to another step, or remembers something. */
export const change = (world: World, id: string, changes: Partial<Run>): World =>
  put(world, 'runs', id, { ...the(world.runs, id), ...changes });

export interface Performing {
  /** Who performs it, for the label. */
  who: string;
  attempt: Attempt;
  /** Remembers how far the attempt is; null: it begins anew. */
  keep(world: World, attempt: Attempt | null): World;
  /** What its caller does with the answer. */
  hear(world: World, answer: string): World;
}

/**
 * The ways in which an activity goes on: its next operation; the same, and its worker is killed before anybody knows, so
 * that a new attempt begins; or it stalls, a new attempt begins, and the old one wakes up late.
 */
export function perform(world: World, activities: Activities, { who, attempt, keep, hear }: Performing): Step<World>[] {
  const ran = runOperation(world, activities, attempt);
  const label = `${who}, ${attempt.activity}: ${ran.did}`;
  const to = ran.answer === undefined ? keep(ran.world, ran.next ?? null) : hear(keep(ran.world, null), ran.answer);
  const steps: Step<World>[] = [{ label, fair: true, to }];
  // Killed after it has only read, it has just begun.
  if (ran.world !== world && world.late.losesAnswers && isFrail(world, attempt))
    steps.push({ label: `${label}, and its answer is lost`, fair: false, to: keep(ran.world, null) });
  const late = stall(keep(world, null), attempt);
  if (late) steps.push({ label: `${who}, ${attempt.activity}: stalls before "${attempt.at}"`, fair: false, to: late });
  return steps;
}

/** The step that a workflow of a booking is at; `track`: beside what else it does, it may return money. */
export function performStep(
  world: World,
  activities: Activities,
  step: { workflow: string; track?: 'money'; start: Attempt; hear: Performing['hear'] },
): Step<World>[] {
  const { workflow, track, start, hear } = step;
  const field = track === 'money' ? 'moneyAttempt' : 'attempt';
  const attempt = the(world.runs, workflow)[field] ?? start;
  const keep: Performing['keep'] = (on, kept) => change(on, workflow, { [field]: kept });
  return perform(world, activities, { who: workflow, attempt, keep, hear });
}

/** Of some scenarios only a few activities go wrong. */
const isFrail = ({ late: { only } }: World, { activity }: Attempt): boolean =>
  only.length === 0 || only.includes(activity);

export function runOperation(world: World, activities: Activities, attempt: Attempt): Ran {
  const activity = activities[attempt.activity];
  if (!activity) throw new Error(`There is no activity "${attempt.activity}".`);
  return activity(world, attempt);
}

const withAttempts = (world: World, attempts: readonly Attempt[]): World => ({
  ...world,
  late: { ...world.late, attempts },
});

/** The attempt is taken for lost and will wake up. Undefined: no more of them may, or this one stands there already. */
export function stall(world: World, attempt: Attempt): World | undefined {
  if (world.left.late === 0 || !isFrail(world, attempt)) return undefined;
  const key = JSON.stringify(attempt);
  const keys = world.late.attempts.map((other) => JSON.stringify(other));
  if (keys.includes(key)) return undefined;
  const attempts = [...keys, key].sort().map((text): Attempt => JSON.parse(text));
  return withAttempts(spend(world, 'late'), attempts);
}

/** What attempts do that were taken for lost: they go on to their end, and nobody hears their answers. */
export function lateSteps(world: World, activities: Activities): Step<World>[] {
  return world.late.attempts.map((attempt) => {
    const { world: after, did, next } = runOperation(world, activities, attempt);
    const others = after.late.attempts.filter((other) => other !== attempt);
    const attempts = next ? [...others, next] : others;
    return {
      label: `late ${attempt.activity} of ${attempt.of}: ${did}`,
      fair: true,
      to: withAttempts(after, attempts),
    };
  });
}
