import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';
import { joinIsOver } from '../models/next-check.ts';
import { asToldNow, type EntryNow, isActive, type WaitlistEntry } from '../models/waitlist-entry.ts';
import { askAboutEntry } from './ask-about-entry.ts';
import { answerGraceMs, idByKey, oneAtATime } from './once-by-key.ts';

export interface WantedPlace {
  eventId: string;
  seatId: string;
}

/**
 * Puts a person into the queue of a seat, once for each key. Returns the entry as it stands when ticket-app has answered,
 * or when patience is over; a repeat finds the same entry, with its position now. Throws 422 `idempotency_key_reused`,
 * and what ticket-app refuses: then no entry remains, and a repeat asks again.
 */
export async function joinWaitlist(
  dependencies: Dependencies,
  caller: Caller,
  key: string,
  wanted: WantedPlace,
): Promise<EntryNow> {
  const { eventId, seatId } = wanted;
  const route = 'POST /waitlist-entries';
  const entryId = await idByKey(dependencies, caller, { route, key, wanted: [eventId, seatId] });
  const told = await oneAtATime(dependencies.joinsUnderWay, entryId, () =>
    settle(dependencies, caller, entryId, wanted),
  );
  const entry = await dependencies.waitlist.find(entryId);
  // Taken away just now because the same call, made by another process, was refused: so will this one be.
  return entry ? asToldNow(entry, told) : joinWaitlist(dependencies, caller, key, wanted);
}

/** Stores the entry before anything can have an effect, and asks ticket-app for it. Returns what that tells, if it does. */
async function settle(
  dependencies: Dependencies,
  caller: Caller,
  entryId: string,
  wanted: WantedPlace,
): Promise<WaitlistEntryView | undefined> {
  const joinBefore = new Date(Date.now() + dependencies.patienceMs);
  const { entry, isNew } = await dependencies.waitlist.request({
    entryId,
    customerId: caller.userId,
    ...wanted,
    joinBefore,
  });
  if (entry.status === 'REQUESTED' && entry.joinBefore && Date.now() < entry.joinBefore.getTime()) {
    return callTicketing(dependencies, caller, { entry, joinBefore: entry.joinBefore, isFirst: isNew });
  }
  const isSettled = entry.status !== 'REQUESTED' || joinIsOver(entry);
  return isSettled && isActive(entry) ? askAboutEntry(dependencies, entry) : undefined;
}

interface Call {
  entry: WaitlistEntry;
  joinBefore: Date;
  /** No call was made before this one, whose answer is not known. */
  isFirst: boolean;
}

async function callTicketing(
  dependencies: Dependencies,
  caller: Caller,
  { entry, joinBefore, isFirst }: Call,
): Promise<WaitlistEntryView | undefined> {
  const { waitlist, ticketing } = dependencies;
  const { _id: entryId, customerId, eventId, seatId } = entry;
  const call = {
    entryId,
    customerId,
    customerName: caller.name,
    eventId,
    seatId,
    joinBefore: joinBefore.toISOString(),
  };
  const answer = await ticketing.joinWaitlist(call, joinBefore.getTime() - Date.now() + answerGraceMs);
  switch (answer.kind) {
    case 'entry':
      await waitlist.apply(answer.entry);
      return answer.entry;
    case 'refused':
      // Of an earlier call it is not certain that it did nothing: then the sweep finds out.
      if (isFirst) await waitlist.forget(entryId);
      if (answer.entryId !== undefined) await learnOfEntry(dependencies, answer.entryId);
      throw answer.problem;
    case 'offered':
    case 'not_found':
    case 'unknown':
      if (answer.kind === 'unknown' && answer.notBegun && isFirst && (await waitlist.forget(entryId))) {
        throw answer.notBegun;
      }
      // The entry stays as it is: the answer comes by webhook, by a repeat, or by the sweep.
      return undefined;
  }
}

/** The entry that is in the way, if an earlier call for it had no answer: its owner is told of it, so it must be found. */
async function learnOfEntry(dependencies: Dependencies, entryId: string): Promise<void> {
  const entry = await dependencies.waitlist.find(entryId);
  if (entry?.version === 0) await askAboutEntry(dependencies, entry);
}
