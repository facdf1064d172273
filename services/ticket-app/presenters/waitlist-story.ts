import { ordinal } from '../../../lib/contracts/ordinal.ts';
import type { WaitlistHistoryEntry } from '../../../lib/contracts/waitlist.ts';
import type { InFront } from '../commands/read-waitlist.ts';
import type { WaitlistEntry } from '../models/waitlist-entry.ts';

/** What happened to somebody before you, told without saying who it was. `place` is theirs at that moment. */
const toldOfOthers: Record<string, (place: string) => string> = {
  offered: (place) => `The seat came back and was offered to the ${place} in the queue.`,
  requeued: (place) =>
    `The offer to the ${place} could not be completed, through no fault of theirs; it is made again.`,
  fulfilled: (place) => `The ${place} paid: the seat is theirs.`,
  lapsed: (place) => `The ${place} did not pay in time.`,
  declined: (place) => `The ${place} declined the seat.`,
  left: (place) => `The ${place} left the queue.`,
  closed: (place) => `The queue was closed for the ${place}.`,
};
const isEnd = (step: string) => ['fulfilled', 'lapsed', 'declined', 'left', 'closed'].includes(step);

/**
 * Why somebody did, or did not, get the seat: the history of an entry and of those who were `before` it (in their
 * order), as sentences and data, oldest first. A step of others is named `ahead_<step>`; its `position` is one's own
 * place after it.
 */
export function storyOf(entry: WaitlistEntry, before: readonly InFront[]): WaitlistHistoryEntry[] {
  const until = entry.endedAt ?? new Date(8_640_000_000_000_000);
  const others = before
    .flatMap((other) => other.history.map((happened) => ({ ...happened, other })))
    .filter(({ at, step }) => at >= entry.joinedAt && at <= until && step in toldOfOthers)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const ahead = before.map(({ seq }) => seq);
  const told: Array<Omit<WaitlistHistoryEntry, 'at'> & { at: Date }> = others.map(({ at, step, other }) => {
    const sentence = toldOfOthers[step]?.(ordinal(ahead.indexOf(other.seq) + 1)) ?? '';
    if (!isEnd(step)) return { at, step: `ahead_${step}`, text: sentence, position: ahead.length + 1 };
    ahead.splice(ahead.indexOf(other.seq), 1);
    const position = ahead.length + 1;
    return { at, step: `ahead_${step}`, text: `${sentence} You are ${ordinal(position)} now.`, position };
  });
  return [...entry.history, ...told]
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, step, text, position }) => ({
      at: at.toISOString(),
      step,
      text,
      ...(position !== undefined && { position }),
    }));
}
