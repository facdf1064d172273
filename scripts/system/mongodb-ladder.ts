/** How a database engine is run on this machine. Data files of one kind cannot be read by the others. */
export type EngineKind = 'path' | 'official' | 'embedded' | 'embedded-debian';

/** What decides which engine is used. Gathered by mongodb-command.ts; here nothing is looked up. */
export interface MongodbSurroundings {
  /** `mongod` on PATH, and its version (undefined: it does not run). */
  onPath: { command: string; version: string | undefined } | undefined;
  /** The official binary that mongodb-memory-server fetches. */
  official: { exists: boolean };
  embedded: {
    /** Whether the package has a build for this platform, and it is installed. */
    installed: boolean;
    /** Of the machine; undefined on systems without glibc, where the build for Linux does not run. */
    glibc: string | undefined;
    platform: NodeJS.Platform;
    /** Whether apt-get and dpkg are there to fetch a newer C library. */
    debianTools: boolean;
    /** Whether that newer C library has been fetched before. */
    debianLibraryExists: boolean;
  };
  /** What made the data files that exist already. */
  dataMadeBy: EngineKind | undefined;
}

export interface EngineRung {
  kind: EngineKind;
  why: string;
}

export interface MongodbLadder {
  rungs: EngineRung[];
  skipped: string[];
}

/** The oldest server that the driver (mongodb 7) talks to. */
const MIN_SERVER = [4, 4] as const;
/** The embedded engine is linked against this C library. */
const MIN_GLIBC = [2, 38] as const;

/** The ways to a MongoDB engine from here, in the order of the design. A pure function. */
export function mongodbLadder(surroundings: MongodbSurroundings): MongodbLadder {
  const ladder: MongodbLadder = { rungs: [], skipped: [] };
  addOnPath(surroundings, ladder);
  const kept = surroundings.official.exists;
  ladder.rungs.push({ kind: 'official', why: kept ? 'downloaded by an earlier start' : 'no mongod on PATH' });
  addEmbedded(surroundings, ladder);
  return keepToData(ladder, surroundings.dataMadeBy);
}

function addOnPath({ onPath }: MongodbSurroundings, ladder: MongodbLadder): void {
  if (onPath === undefined) {
    ladder.skipped.push('no mongod on PATH');
  } else if (onPath.version === undefined) {
    ladder.skipped.push(`${onPath.command} does not answer --version`);
  } else if (!isAtLeast(onPath.version, MIN_SERVER)) {
    ladder.skipped.push(`${onPath.command} is version ${onPath.version}, ${MIN_SERVER.join('.')} is needed`);
  } else {
    ladder.rungs.push({ kind: 'path', why: `${onPath.command}, version ${onPath.version}` });
  }
}

function addEmbedded({ embedded }: MongodbSurroundings, ladder: MongodbLadder): void {
  const { glibc } = embedded;
  if (!embedded.installed) {
    ladder.skipped.push('no build of the embedded engine for this platform is installed');
  } else if (embedded.platform !== 'linux') {
    ladder.rungs.push({ kind: 'embedded', why: 'no mongod to be had' });
  } else if (glibc === undefined) {
    ladder.skipped.push('the embedded engine needs glibc, which this Linux does not have');
  } else if (isAtLeast(glibc, MIN_GLIBC)) {
    ladder.rungs.push({ kind: 'embedded', why: `no mongod to be had, glibc ${glibc} is new enough` });
  } else if (embedded.debianTools || embedded.debianLibraryExists) {
    const why = `no mongod to be had, glibc ${glibc} is older than ${MIN_GLIBC.join('.')}`;
    ladder.rungs.push({ kind: 'embedded-debian', why });
  } else {
    ladder.skipped.push(`the embedded engine needs glibc ${MIN_GLIBC.join('.')}, this machine has ${glibc}`);
  }
}

/** Data that exists decides: another engine could not read it. The two embedded ways share their files. */
function keepToData(ladder: MongodbLadder, madeBy: EngineKind | undefined): MongodbLadder {
  if (madeBy === undefined) return ladder;
  const rungs = ladder.rungs
    .filter((rung) => familyOf(rung.kind) === familyOf(madeBy))
    .map((rung) => ({ ...rung, why: `the data that exists was made by it` }));
  const skipped = [...ladder.skipped, `the data that exists was made by "${madeBy}"; "npm run reset" clears it`];
  return { rungs, skipped };
}

function familyOf(kind: EngineKind): string {
  return kind === 'path' || kind === 'official' ? 'mongod' : 'embedded';
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [haveMajor = 0, haveMinor = 0] = version.split('.').map(Number);
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}

/** Says all ways to a MongoDB engine, and why none of them worked. */
export function noMongodbMessage(reasons: string[]): string {
  return [
    'There is no MongoDB, and no way to get one worked:',
    ...reasons.map((reason) => `  - ${reason}`),
    'Do one of these and start again:',
    '  1. set MONGODB_URI (one server for all), or CLIENT_APP_MONGODB_URI, TICKET_APP_MONGODB_URI,',
    '     PAYMENT_APP_MONGODB_URI, ORGANIZER_X_MONGODB_URI and ORGANIZER_Y_MONGODB_URI',
    `  2. install MongoDB ${MIN_SERVER.join('.')} or later, so that \`mongod\` is on PATH`,
    '  3. connect to the internet, so that the official binary can be downloaded',
    `  4. use Linux with glibc ${MIN_GLIBC.join('.')} or later, Debian 12 with apt-get, or macOS on Apple silicon, where the embedded engine runs`,
  ].join('\n');
}
