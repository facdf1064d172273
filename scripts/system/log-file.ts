import { readFileSync } from 'node:fs';

const TAIL_LINES = 12;

/** The last lines of a log, indented, for a message to people; empty if there is none. */
export function tailOf(file: string): string {
  try {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return lines
      .slice(-TAIL_LINES)
      .map((line) => `    ${line.slice(0, 400)}`)
      .join('\n')
      .trimEnd();
  } catch {
    return '';
  }
}
