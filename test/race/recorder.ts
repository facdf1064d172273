import type { Acknowledged } from '../../scripts/audit/invariant.ts';
import type { Answer } from '../e2e/stage.ts';

/** What somebody wanted. */
export interface Asked {
  do: 'book' | 'join' | 'leave' | 'pay' | 'cancel' | 'close' | 'reopen' | 'look';
  /** The Idempotency-Key. */
  key?: string;
  eventId?: string;
  seatIds?: string[];
  /** The booking or entry that it is about. */
  id?: string;
  /** Of a payment. */
  method?: string;
  delayMs?: number | undefined;
}

/** The part of an answer that is kept. */
export interface Told {
  status?: string;
  code?: string;
  reason?: string;
  bookingId?: string;
  entryId?: string;
  version?: number;
  position?: number;
  attemptId?: string;
  expiresAt?: string;
}
const told = ['status', 'code', 'reason', 'bookingId', 'entryId', 'version', 'position', 'attemptId', 'expiresAt'];

/** A request and what came of it; times in milliseconds since 1970. */
export interface Said {
  from: number;
  to: number;
  who: string;
  asked: Asked;
  /** The answer's HTTP status; undefined: no answer came. */
  status: number | undefined;
  told: Told;
  /** Why no answer came. */
  error?: string;
}

/** A booking as its buyer saw it in a list, asked for and answered at these times. */
export interface Seen {
  from: number;
  to: number;
  who: string;
  bookingId: string;
  status: string;
  version: number;
}

/** What somebody was told with a 2xx, and of which event. */
export type Promised = Acknowledged & { eventId: string };

interface RecorderOptions {
  /** Whoever gets no answer for this long gives up. */
  patienceMs?: number;
  onAnswer?: (said: Said) => void;
}

/** Everything that was asked and answered, but for looks that showed what was looked for. */
export class Recorder {
  readonly acknowledged: Promised[] = [];
  /** How many, by `book 201`. */
  readonly counts = new Map<string, number>();
  readonly said: Said[] = [];
  readonly seen: Seen[] = [];
  readonly #options: RecorderOptions;
  readonly #startedAt = Date.now();
  readonly #lastSeen = new Map<string, Seen>();

  constructor(options: RecorderOptions = {}) {
    this.#options = options;
  }

  /** Makes the request, and writes it down with its answer. Undefined: no answer came. */
  async ask<Body extends object>(
    who: string,
    asked: Asked,
    request: () => Promise<Answer<Body>>,
  ): Promise<Answer<Body> | undefined> {
    const from = Date.now();
    const { patienceMs } = this.#options;
    const outcome = await (patienceMs === undefined ? request() : within(patienceMs, request)).then(
      (answer) => ({ answer, status: answer.status, told: tellingPart(answer) }),
      (error: Error) => ({ answer: undefined, status: undefined, told: {}, error: error.message }),
    );
    const { answer, ...kept } = outcome;
    const said = { from, to: Date.now(), who, asked, ...kept };
    // People look all the time: what they saw is kept by `see`, and here only that they saw nothing.
    if (asked.do !== 'look' || said.status !== 200) this.said.push(said);
    const kind = `${asked.do} ${said.status ?? 'no answer'}`;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.#options.onAnswer?.(said);
    return answer;
  }

  /** What somebody saw of a booking of theirs; kept where it was not so the last time. */
  see(seen: Seen): void {
    const last = this.#lastSeen.get(seen.bookingId);
    this.#lastSeen.set(seen.bookingId, seen);
    if (last && last.version === seen.version && last.status === seen.status && seen.status !== 'CONFIRMED') return;
    this.seen.push(seen);
  }

  /** One line for each request, in the order in which they were made. */
  toString(): string {
    const lines = this.said.toSorted((a, b) => a.from - b.from);
    return lines
      .map(
        ({ from, to, ...one }) => `${String(from - this.#startedAt).padStart(6)} +${to - from} ms  ${wordingOf(one)}`,
      )
      .join('\n');
  }
}

function wordingOf({ who, asked, status, told: answer, error }: Omit<Said, 'from' | 'to'>): string {
  const { do: what, seatIds = [], id, method, delayMs } = asked;
  const facts = Object.entries(answer).map(([name, value]) => `${name}=${value}`);
  const question = [what, ...seatIds, id, method && `by ${method}`, delayMs && `in ${delayMs} ms`].filter(Boolean);
  return `${who}: ${question.join(' ')} → ${[status ?? error, ...facts].join(' ')}`;
}

/** A refusal tells of the booking that was refused in a part of its own; its own status is a number. */
function tellingPart({ body }: Answer<object & { booking?: object }>): Told {
  const { booking, ...rest } = body;
  const kept = ([name, value]: [string, unknown]) =>
    told.includes(name) && (name !== 'status' || typeof value === 'string');
  return Object.fromEntries(Object.entries({ ...rest, ...booking }).filter(kept));
}

async function within<T>(ms: number, request: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([request(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
