import path from 'node:path';

/** What decides where a Temporal server comes from. Gathered by temporal-command.ts; here nothing is looked up. */
export interface TemporalSurroundings {
  /** TEMPORAL_ADDRESS, when it is set. */
  address: string | undefined;
  /** `temporal` on PATH, and the server version that it answers (undefined: it is something else). */
  onPath: { command: string; serverVersion: string | undefined } | undefined;
  /** Where a build or download of the pinned version is kept, and whether it is there. */
  cache: { command: string; exists: boolean };
  /** Whether the SDK can download the CLI on this platform. */
  downloadPlatform: boolean;
  /** `go` on PATH and its version. */
  go: { command: string; version: string | undefined } | undefined;
}

export type TemporalRung =
  | { kind: 'address'; address: string; why: string }
  | { kind: 'path' | 'cache'; command: string; why: string }
  | { kind: 'download'; command: string; why: string }
  | { kind: 'build'; go: string; command: string; why: string };

export interface TemporalLadder {
  /** To be tried in this order. */
  rungs: TemporalRung[];
  /** Why the others are no choice here. */
  skipped: string[];
}

/** Fairness between events needs task queues of this server release. */
const MIN_SERVER = [1, 29] as const;
const MIN_GO = [1, 26] as const;

/** The ways to a Temporal server from here, in the order of the design. A pure function. */
export function temporalLadder(surroundings: TemporalSurroundings): TemporalLadder {
  const { address, cache } = surroundings;
  if (address) return { rungs: [{ kind: 'address', address, why: 'TEMPORAL_ADDRESS is set' }], skipped: [] };

  const ladder: TemporalLadder = { rungs: [], skipped: ['TEMPORAL_ADDRESS is not set'] };
  addOnPath(surroundings.onPath, ladder);
  if (cache.exists) {
    ladder.rungs.push({ kind: 'cache', command: cache.command, why: 'made by an earlier start' });
    return ladder;
  }
  ladder.skipped.push(`no earlier build in ${path.dirname(cache.command)}`);
  if (surroundings.downloadPlatform) {
    ladder.rungs.push({ kind: 'download', command: cache.command, why: 'no temporal on PATH' });
  } else {
    ladder.skipped.push('no download of the Temporal CLI exists for this platform');
  }
  addBuild(surroundings, ladder);
  return ladder;
}

function addOnPath(onPath: TemporalSurroundings['onPath'], ladder: TemporalLadder): void {
  if (onPath === undefined) {
    ladder.skipped.push('no temporal on PATH');
  } else if (onPath.serverVersion === undefined) {
    ladder.skipped.push(`${onPath.command} is not the Temporal CLI`);
  } else if (!isAtLeast(onPath.serverVersion, MIN_SERVER)) {
    ladder.skipped.push(`${onPath.command} has server ${onPath.serverVersion}, ${MIN_SERVER.join('.')} is needed`);
  } else {
    const why = `found on PATH, server ${onPath.serverVersion}`;
    ladder.rungs.push({ kind: 'path', command: onPath.command, why });
  }
}

function addBuild({ go, cache }: TemporalSurroundings, ladder: TemporalLadder): void {
  if (go === undefined) {
    ladder.skipped.push('no go on PATH');
  } else if (go.version === undefined || !isAtLeast(go.version, MIN_GO)) {
    ladder.skipped.push(`${go.command} is version ${go.version ?? 'unknown'}, ${MIN_GO.join('.')} is needed`);
  } else {
    const why = `go ${go.version} is on PATH`;
    ladder.rungs.push({ kind: 'build', go: go.command, command: cache.command, why });
  }
}

/** `1.32.0` against `[1, 29]`. */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [haveMajor = 0, haveMinor = 0] = version.split('.').map(Number);
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}

/** Says all ways to a Temporal server, and why none of them worked. */
export function noTemporalMessage(reasons: string[]): string {
  return [
    'There is no Temporal server, and no way to get one worked:',
    ...reasons.map((reason) => `  - ${reason}`),
    'Do one of these and start again:',
    '  1. set TEMPORAL_ADDRESS to a running cluster (Temporal Cloud included)',
    '  2. install the Temporal CLI, so that `temporal` is on PATH (https://docs.temporal.io/cli)',
    '  3. connect to the internet, so that the CLI can be downloaded',
    `  4. install Go ${MIN_GO.join('.')} or later, so that the CLI can be built`,
  ].join('\n');
}
