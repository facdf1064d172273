import type { ChaosReport } from './chaos.ts';
import { type Counts, mostFirst } from './counts.ts';
import { type Recovered, sinceReady } from './recovery.ts';

const list = (counts: Counts): string =>
  mostFirst(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ') || 'none';

/** Of several strikes: how many; to the first booking from the restart, and from when every process was ready. */
interface Times {
  count: number;
  median: number | null;
  slowest: number | null;
  slowestSinceReady: number | null;
}

function timesOf(recoveries: readonly Recovered[]): Times {
  const inOrder = (of: (one: Recovered) => number | null) =>
    recoveries.map((one) => of(one) ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const told = (ms: number | undefined) => (ms === undefined || !Number.isFinite(ms) ? null : ms);
  const times = inOrder(({ ms }) => ms);
  return {
    count: times.length,
    median: told(times[Math.floor(times.length / 2)]),
    slowest: told(times.at(-1)),
    slowestSinceReady: told(inOrder(sinceReady).at(-1)),
  };
}

/** By the process that was killed alone; `others`: after every other strike. */
function recoveryByKill(recoveries: readonly Recovered[]): Array<[string, Times]> {
  const killed = [...new Set(recoveries.flatMap((one) => one.killed ?? []))].sort();
  const others = recoveries.filter((one) => one.killed === undefined);
  return [
    ...killed.map((name): [string, Times] => [
      `kill -9 of ${name}`,
      timesOf(recoveries.filter((one) => one.killed === name)),
    ]),
    ...(others.length > 0 ? [['other strikes', timesOf(others)] satisfies [string, Times]] : []),
  ];
}

const inSeconds = (ms: number | null): string => (ms === null ? 'none' : `${(ms / 1_000).toFixed(1)} s`);

/** For the person in front of the terminal. */
export function wordingOf(report: ChaosReport): string[] {
  const { seed, seconds, requests, answers, outages, bookings, faults, violations, settledMs } = report;
  return [
    '',
    `Seed ${seed}, ${seconds} s; at rest ${inSeconds(settledMs)} after the last fault.`,
    `Requests: ${requests} (${list(answers)})`,
    `Outages:  ${list(outages)}`,
    `Bookings: ${list(bookings)}`,
    `Faults:   ${list(faults)}`,
    'Until a booking succeeds again, from the restart or the end of the fault (and from when every process is ready):',
    ...recoveryByKill(report.recoveries).map(
      ([what, { count, median, slowest, slowestSinceReady }]) =>
        `  ${what.padEnd(32)} ${String(count).padStart(3)} times, median ${inSeconds(median)}, slowest ${inSeconds(slowest)} (${inSeconds(slowestSinceReady)})`,
    ),
    ...violations.map((violation) => `VIOLATION  ${violation}`),
    violations.length === 0 ? 'Every promise was kept.' : `${violations.length} violations.`,
  ];
}

const rows = (counts: Counts): string[] => mostFirst(counts).map(([what, count]) => `| ${what} | ${count} |`);

/** The same as a page to keep. */
export function markdownOf(report: ChaosReport): string {
  const { seed, seconds, requests, violations, slowestRecoveryMs, slowestRecoverySinceReadyMs, settledMs } = report;
  const table = (title: string, counts: Counts) => ['', `| ${title} | |`, '|---|---:|', ...rows(counts)];
  return [
    `### Seed ${seed}: ${violations.length === 0 ? 'every promise was kept' : `${violations.length} violations`}`,
    '',
    `\`npm run chaos -- --seconds ${seconds} --seed ${seed}\`: ${requests} requests; at rest ${inSeconds(settledMs)} after the`,
    `last fault; slowest recovery after the kill of one process ${inSeconds(slowestRecoveryMs)} from its restart, ${inSeconds(slowestRecoverySinceReadyMs)} from its being ready.`,
    ...table('faults', report.faults),
    ...table('outages: requests without an answer, or answered', report.outages),
    ...table('bookings, by how they ended', report.bookings),
    '',
    '| until a booking succeeds again, from the restart or the end of the fault | times | median | slowest | slowest since ready |',
    '|---|---:|---:|---:|---:|',
    ...recoveryByKill(report.recoveries).map(
      ([what, { count, median, slowest, slowestSinceReady }]) =>
        `| ${what} | ${count} | ${inSeconds(median)} | ${inSeconds(slowest)} | ${inSeconds(slowestSinceReady)} |`,
    ),
    ...(violations.length > 0 ? ['', ...violations.map((violation) => `- ${violation}`)] : []),
    '',
  ].join('\n');
}
