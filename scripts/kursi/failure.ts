/** What the command's exit code says. */
export const exitCodes = {
  /** It was done, and nothing is wrong with what was looked at. */
  fine: 0,
  /** It was not done, or something is stuck or disagrees; what to do is said. */
  wrong: 1,
  /** The command line or the settings are wrong. */
  usage: 2,
  /** There is no such booking, event or webhook. */
  unknown: 3,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the command. The message says what was tried on what, and what to do about it. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  /** Stable, for programs that read `--json`. */
  readonly code: string;

  constructor(exitCode: ExitCode, code: string, message: string) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.code = code;
  }
}

export const noSuch = (thing: string, id: string): Failure =>
  new Failure(exitCodes.unknown, `${thing}_not_found`, `There is no ${thing} ${id}. Check the id.`);
export const wrongUsage = (message: string): Failure => new Failure(exitCodes.usage, 'wrong_usage', message);
