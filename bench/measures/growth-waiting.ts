import pLimit from 'p-limit';
import { entryOf, joined, leave } from '../../test/e2e/queue-stage.ts';
import { anEvent, booked, pay, people, person, untilStatus } from '../../test/e2e/stage.ts';
import type { Stage } from '../measure.ts';
import { latenciesOf } from '../statistics.ts';
import { examinedEach, workOfDatabases } from '../work-of-databases.ts';

/** As many joins of one seat as client-app lets be under way, and some that wait for their turn. */
const JOINING_AT_ONCE = 8;

/** Medians in milliseconds, of calls one at a time at client-app. */
export interface WaitingCost {
  waiting: number;
  joinMs: number;
  lookMs: number;
  leaveMs: number;
  /** By one join, look and leave together, in all databases; null where the server does not count them. */
  queueDocumentsExamined: number | null;
}

/** One more person joins a queue of that length, looks at the place and leaves, again and again. */
export async function measureWaiting({ sizes }: Stage, waiting: number): Promise<WaitingCost> {
  const [eventId, seatId] = [await anEvent(), 'A-1-1'];
  const holder = await person();
  const { bookingId, paymentUrl } = await booked(holder, eventId, [seatId]);
  await pay(paymentUrl, 'test_success');
  await untilStatus(holder, bookingId, 'CONFIRMED');
  const limit = pLimit(JOINING_AT_ONCE);
  await Promise.all((await people(waiting)).map((one) => limit(() => joined(one, eventId, seatId))));

  const before = await workOfDatabases();
  const took: Record<'join' | 'look' | 'leave', number[]> = { join: [], look: [], leave: [] };
  for (const one of await people(sizes.growth.samples)) {
    const startedAt = performance.now();
    const { entryId, position } = await joined(one, eventId, seatId);
    const joinedAt = performance.now();
    const { body } = await entryOf(one, entryId);
    const lookedAt = performance.now();
    const { status } = await leave(one, entryId);
    took.leave.push(performance.now() - lookedAt);
    took.look.push(lookedAt - joinedAt);
    took.join.push(joinedAt - startedAt);
    const expected = waiting + 1;
    if (status !== 200 || position !== expected || body.position !== expected)
      throw new Error(`Place ${expected} was ${position}, then ${body.position}; leaving was answered ${status}.`);
  }
  const examined = examinedEach(before, await workOfDatabases(), sizes.growth.samples);
  const p50 = (ms: number[]) => latenciesOf(ms).p50;
  const [joinMs, lookMs, leaveMs] = [p50(took.join), p50(took.look), p50(took.leave)];
  return { waiting, joinMs, lookMs, leaveMs, queueDocumentsExamined: examined };
}
