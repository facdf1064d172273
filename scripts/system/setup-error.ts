/** Something about the machine stands in the way. The message is for people: it names the thing and the way out. */
export class SetupError extends Error {
  override name = 'SetupError';
}

/** What went wrong, in one line without a stack. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  const whole = cause === '' || message.includes(cause) ? message : `${message} (${cause})`;
  return whole.split('\n')[0] ?? whole;
}
