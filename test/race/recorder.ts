import type { Acknowledged } from '../../scripts/audit/invariant.ts';
import type { Answer } from '../e2e/stage.ts';

/** A request and what came of it; times in milliseconds since the world began. */
interface Said {
  at: number;
  tookMs: number;
  who: string;
  what: string;
  answer: string;
}

const told = ['status', 'code', 'reason', 'bookingId', 'entryId', 'position', 'attemptId'];

/** Everything that was asked and answered in one world. */
export class Recorder {
  readonly acknowledged: Acknowledged[] = [];
  /** How many, by `book 201`. */
  readonly counts = new Map<string, number>();
  readonly #said: Said[] = [];
  readonly #startedAt = Date.now();

  /** Makes the request, and writes it down with its answer. Undefined: no answer came. */
  async ask<Body extends object>(
    who: string,
    what: string,
    request: () => Promise<Answer<Body>>,
  ): Promise<Answer<Body> | undefined> {
    const from = Date.now();
    const { answer, text, outcome } = await request().then(
      (given) => ({ answer: given, text: wording(given), outcome: String(given.status) }),
      (error: Error) => ({ answer: undefined, text: error.message, outcome: 'no answer' }),
    );
    this.#said.push({ at: from - this.#startedAt, tookMs: Date.now() - from, who, what, answer: text });
    const kind = `${what.split(' ')[0]} ${outcome}`;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return answer;
  }

  /** One line for each request, in the order in which they were made. */
  toString(): string {
    return this.#said
      .toSorted((a, b) => a.at - b.at)
      .map(
        ({ at, tookMs, who, what, answer }) => `${String(at).padStart(6)} +${tookMs} ms  ${who}: ${what} → ${answer}`,
      )
      .join('\n');
  }
}

function wording({ status, body }: Answer<object>): string {
  const facts = Object.entries(body).filter(([name]) => told.includes(name));
  return [status, ...facts.map(([name, value]) => `${name}=${value}`)].join(' ');
}
