/** Takes one line for the person in front of the terminal. */
export type Say = (line: string) => void;

const FIRST_LINE_AFTER_MS = 3_000;
const NEXT_LINE_EVERY_MS = 10_000;

/**
 * Runs `work`; says what it is doing after 3 s, and every 10 s from then on with the time passed.
 * `detail` may add how far it is.
 */
export async function withProgress<T>(
  say: Say,
  what: string,
  work: () => Promise<T>,
  detail: () => string = () => '',
): Promise<T> {
  const startedAt = Date.now();
  const line = () => say(`${what} … ${Math.round((Date.now() - startedAt) / 1000)} s${detail()}`);
  let every: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    line();
    every = setInterval(line, NEXT_LINE_EVERY_MS);
  }, FIRST_LINE_AFTER_MS);
  try {
    return await work();
  } finally {
    clearTimeout(first);
    clearInterval(every);
  }
}
