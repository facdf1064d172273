import { setTimeout as delay } from 'node:timers/promises';
import { call, type Person, pay } from '../test/e2e/stage.ts';

/** Enough to keep two cores busy, and fewer than client-app turns away. */
export const BUYERS_AT_ONCE = 24;

/** What became of one attempt to buy: paid, turned away at once with 429 or 503, still open (202), or anything else. */
export type Outcome = 'paid' | 'turned_away' | 'open' | 'failed';

export interface Attempt {
  outcome: Outcome;
  /** Of the booking call, as all that follows. */
  status: number;
  code: string | undefined;
  bookingId: string | undefined;
  /** When the booking call was made; milliseconds since 1970. */
  startedAt: number;
  /** How long it took. */
  ms: number;
}

/** Seats that nobody has asked for yet: each attempt is for one of its own, so that only room is scarce. */
export interface Sale {
  clientApp: string;
  eventId: string;
  buyers: readonly Person[];
  nextSeats(): string[];
  /** Where one sale is sold from twice: keeps the calls of both apart. */
  round?: string;
}

/** Books and, if that succeeds, pays. */
export async function buy(sale: Sale, n: number): Promise<Attempt> {
  const buyer = sale.buyers[n % sale.buyers.length];
  const calledAt = Date.now();
  const startedAt = performance.now();
  const { status, body } = await call<{ bookingId?: string; paymentUrl?: string; code?: string }>(
    `${sale.clientApp}/bookings`,
    {
      token: buyer?.token,
      headers: { 'idempotency-key': `bench-${sale.eventId}-${sale.round ?? ''}-${n}` },
      body: { eventId: sale.eventId, seatIds: sale.nextSeats() },
    },
  ).catch(() => ({ status: 0, body: { code: 'no_answer', paymentUrl: undefined, bookingId: undefined } }));
  const attempt = {
    status,
    code: body.code,
    bookingId: body.bookingId,
    startedAt: calledAt,
    ms: performance.now() - startedAt,
  };
  if (status === 202) return { ...attempt, outcome: 'open' };
  if (status === 429 || status === 503) return { ...attempt, outcome: 'turned_away' };
  if (status !== 201 || !body.paymentUrl) return { ...attempt, outcome: 'failed' };
  const paid = await pay(body.paymentUrl, 'test_success').catch(() => ({ status: 0 }));
  return { ...attempt, outcome: paid.status === 202 ? 'paid' : 'failed' };
}

/** So many buyers at a time, each one buying the next seat as soon as the last is paid. */
export async function closedLoop(sale: Sale, atOnce: number, seconds: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  const until = Date.now() + seconds * 1000;
  let n = 0;
  const one = async () => {
    while (Date.now() < until) {
      n += 1;
      attempts.push(await buy(sale, n));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return attempts;
}

/** How many were sold, where nothing stood in their way. @throws when one was not. */
export function paidOf(attempts: readonly Attempt[]): number {
  const other = attempts.find(({ outcome }) => outcome !== 'paid');
  if (other) throw new Error(`A booking was ${other.outcome}: ${other.status} ${other.code ?? ''}`);
  return attempts.length;
}

/** So many attempts a second, whatever becomes of the others: a crowd does not wait for each other. `stop` ends it sooner. */
export async function openLoop(sale: Sale, perSecond: number, seconds: number, stop?: AbortSignal): Promise<Attempt[]> {
  const attempts: Array<Promise<Attempt>> = [];
  const startedAt = performance.now();
  for (;;) {
    const elapsed = (performance.now() - startedAt) / 1000;
    if (elapsed >= seconds || stop?.aborted) return Promise.all(attempts);
    while (attempts.length < elapsed * perSecond) attempts.push(buy(sale, attempts.length + 1));
    await delay(5);
  }
}
