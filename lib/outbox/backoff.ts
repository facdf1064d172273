/** A schedule of retries: each wait is `factor` times the one before, up to `capMs`, until `giveUpAfterMs` have passed since the start. */
export interface RetrySchedule {
  firstMs: number;
  factor: number;
  capMs: number;
  giveUpAfterMs: number;
}

/**
 * How long to wait after the `tries`-th failure (counted from 1), in milliseconds.
 * Between half of the schedule's step and the whole of it, so that what failed together does not come back together.
 */
export function backoffMs(schedule: RetrySchedule, tries: number, random = Math.random()): number {
  const stepMs = Math.min(schedule.capMs, schedule.firstMs * schedule.factor ** (tries - 1));
  return Math.round(stepMs * (0.5 + random / 2));
}

/** When to try again after the `tries`-th failure at `now`, or undefined once the schedule is at its end. */
export function nextTryAt(schedule: RetrySchedule, startedAt: Date, tries: number, now = new Date()): Date | undefined {
  if (now.getTime() - startedAt.getTime() >= schedule.giveUpAfterMs) return undefined;
  return new Date(now.getTime() + backoffMs(schedule, tries));
}
