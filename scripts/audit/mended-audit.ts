import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Audited } from './audit.ts';
import type { Violation } from './invariant.ts';
import { mend, type Tools } from './remedies.ts';
import { type Audience, auditNow, auditRunning, same } from './settled-audit.ts';

/** What was mended through a workflow is gone when it has come round to it: within this, and the settle time. */
const patienceMs = 10_000;
const lookEveryMs = 1_000;
/** A look reads everything: of a large system most of the time is pause. */
const pausePerLook = 4;

/** So many are mended at once: each may wait for its workflow, and the services are busy with buyers. */
const atOnce = 4;

/** A violation, and what was done about it. */
export interface Fixed extends Violation {
  did: string;
}

/** One that is left: `refused`, where mending it was tried and is not safe, or did not help. */
export interface Left extends Violation {
  refused?: string;
}

export interface Mended extends Audited {
  violations: Left[];
  /** What was found, mended, and not found again. */
  fixed: Fixed[];
}

/**
 * The audit of a system that runs, then what is safe to mend of what it found, each thing once, then the audit again: what
 * was mended is believed only when it is not found any more, among what still changes neither.
 */
export async function auditAndMend(
  audience: Audience & Tools,
  settleMs: number,
  tell: (violation: Violation, did: string) => void,
): Promise<Mended> {
  const first = await auditRunning(audience, settleMs);
  const done = new Map<string, string>();
  const refusals = new Map<string, string>();
  const mendOne = async (violation: Violation): Promise<void> => {
    const { fix, subject } = violation;
    if (fix === undefined) return;
    const key = keyOf(violation);
    if (done.has(key) || refusals.has(key)) return;
    const answer = await mend(fix, subject, audience);
    if ('did' in answer) done.set(key, answer.did);
    else refusals.set(key, answer.refused);
    tell(violation, 'did' in answer ? answer.did : `left alone: ${answer.refused}`);
  };
  const line = pLimit(atOnce);
  const mendAll = async (all: Violation[]) => {
    for (const violation of all) await mendOne(violation);
  };
  await Promise.all(aboutOne(first.violations).map((all) => line(() => mendAll(all))));
  const isAmong = (one: Violation, all: Violation[]) => all.some((other) => same(one, other));
  if (done.size === 0) return { ...first, violations: first.violations.map(withRefusal), fixed: [] };
  const hopeful = first.violations.filter((one) => done.has(keyOf(one)));
  const until = Date.now() + settleMs + patienceMs;
  await delay(settleMs);
  const isLeft = async () => (await auditNow(audience)).violations.some((one) => isAmong(one, hopeful));
  for (let begun = Date.now(); (await isLeft()) && Date.now() < until; begun = Date.now())
    await delay(Math.min(until - Date.now(), Math.max(lookEveryMs, pausePerLook * (Date.now() - begun))));
  const second = await auditRunning(audience, settleMs);
  const moving = (await auditNow(audience)).violations;
  const gone = first.violations.flatMap((one) => {
    const did = one.fix && done.get(keyOf(one));
    return did !== undefined && !isAmong(one, second.violations) ? [{ ...one, did }] : [];
  });
  const fixed = gone.filter((one) => !isAmong(one, moving));
  const unknown = gone
    .filter((one) => isAmong(one, moving))
    .map(({ did, ...one }) => ({ ...one, refused: `${did}; its documents still change: audit again` }));
  return { ...second, violations: [...second.violations.map(withRefusal), ...unknown], fixed };

  function withRefusal(violation: Violation): Left {
    const key = violation.fix && keyOf(violation);
    const refused = key && (refusals.get(key) ?? (done.has(key) ? 'it was tried, and is found again' : undefined));
    return refused ? { ...violation, refused } : violation;
  }
}

/** What disagrees about one booking, place or seat is mended one after the other, in the order of the audit. */
function aboutOne(violations: readonly Violation[]): Violation[][] {
  const groups = new Map<string, Violation[]>();
  for (const violation of violations) {
    const { bookingId, entryId, webhookId, eventId, seatId } = violation.subject;
    const about = bookingId ?? entryId ?? webhookId ?? [eventId, seatId].join();
    groups.set(about, [...(groups.get(about) ?? []), violation]);
  }
  return [...groups.values()];
}

/** The same remedy for the same documents is done once, however many ways there are in which they disagree. */
function keyOf({ fix, subject }: Violation): string {
  const { bookingId, entryId, webhookId, eventId, seatId } = subject;
  if (fix === 'wake_waitlist') return [fix, eventId, seatId].join();
  if (fix === 'send_again') return [fix, webhookId].join();
  return [fix, fix === 'rebuild_entry' ? entryId : bookingId].join();
}
