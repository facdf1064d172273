import { SetupError } from './setup-error.ts';
import { System, type SystemOptions } from './system.ts';

/** npm passes Ctrl-C on although the terminal has told everyone already: what comes within this time is the same one. */
const SAME_CTRL_C_MS = 1_500;

/**
 * Runs a system until Ctrl-C, SIGTERM, or the end of the process that started this one, and stops it in order then.
 * A second Ctrl-C kills everything at once. Sets the exit code: 0 after a stop that was asked for, 1 when it could not
 * start.
 */
export async function runInForeground(options: SystemOptions, start: (system: System) => Promise<void>): Promise<void> {
  const { say } = options;
  let system: System | undefined;
  let stoppingSince: number | undefined;

  const onSignal = () => {
    if (stoppingSince === undefined) {
      stoppingSince = Date.now();
      say('\nStopping …');
      void system?.stop().then(leave, leave);
    } else if (Date.now() - stoppingSince > SAME_CTRL_C_MS) {
      system?.kick();
      say('Killed.');
      process.exit(130);
    }
  };
  const leave = (error?: unknown) => {
    if (error !== undefined) say(String(error));
    say(error === undefined ? 'Everything has stopped.' : 'Not everything could be stopped.');
    process.exit(error === undefined ? 0 : 1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  endWithParent(onSignal);
  // The terminal may be gone; that is no reason to leave processes behind.
  process.stdout.on('error', () => {});

  try {
    system = new System(options);
    await start(system);
  } catch (error) {
    if (stoppingSince !== undefined) return;
    say(error instanceof SetupError ? `\n${error.message}` : `\n${error instanceof Error ? error.stack : error}`);
    stoppingSince = Date.now();
    await system?.stop();
    process.exit(1);
  }
}

/** bootstrap.mjs starts us with a channel that closes when it ends, however it ends. */
function endWithParent(onEnd: () => void): void {
  if (process.channel === undefined || process.channel === null) return;
  process.on('disconnect', onEnd);
  process.channel.unref();
}
