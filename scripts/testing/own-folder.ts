import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../system/setup-error.ts';

/** Says of a folder that it may be deleted: these commands have made it. */
const MARKER = 'made-by-a-test-run';
/** Where they run if nothing else is said. */
const USUAL = ['.kursi-test', '.kursi-chaos'];

/**
 * Whoever runs a system for tests, measurements or experiments begins with an empty folder.
 * @throws SetupError where that would delete what somebody else keeps there, as `npm start` does.
 */
export function checkOwnFolder(dir: string): void {
  const isUsual = USUAL.includes(path.basename(path.resolve(dir)));
  const isOurs = isUsual || !existsSync(dir) || readdirSync(dir).length === 0 || existsSync(path.join(dir, MARKER));
  if (!isOurs)
    throw new SetupError(
      `${dir} holds what this command has not made, and would be deleted: name another --dir, or delete it yourself.`,
    );
}

/** Deletes what an earlier run has left, and marks the folder. @throws SetupError as `checkOwnFolder`. */
export function emptyOwnFolder(dir: string): void {
  checkOwnFolder(dir);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    path.join(dir, MARKER),
    'Tests, measurements and experiments ran here: the next ones delete this folder.\n',
  );
}
