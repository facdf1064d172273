import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { WaitlistEntry } from '../models/waitlist-entry.ts';
import { storyOf } from './waitlist-story.ts';

const start = Date.UTC(2026, 10, 21, 10);
const at = (minute: number) => new Date(start + minute * 60_000);

/** An entry that joined at that minute, with what happened to it: minute and step. */
function entry(seq: number, joined: number, ...happened: Array<[number, string]>): WaitlistEntry {
  const last = happened.at(-1);
  const isOver = last !== undefined && !['offered', 'requeued'].includes(last[1]);
  const steps = [[joined, 'joined'] as const, ...happened];
  return {
    _id: `e${seq}`,
    seq,
    active: !isOver,
    joinedAt: at(joined),
    ...(isOver && { endedAt: at(last[0]) }),
    history: steps.map(([minute, step]) => ({ at: at(minute), step, text: `own ${step}` })),
  } as WaitlistEntry;
}

const told = (of: WaitlistEntry, before: WaitlistEntry[]) =>
  storyOf(of, before).map(({ at: instant, step, text, position }) => [
    (Date.parse(instant) - start) / 60_000,
    step,
    text,
    position,
  ]);

describe('the story of a place in a queue', () => {
  it('tells what moved it, in the order in which it happened, without saying who', () => {
    const before = [
      entry(1, 0, [2, 'offered'], [12, 'lapsed']),
      entry(2, 0, [5, 'left']),
      entry(3, 1, [12.5, 'offered']),
    ];
    expect(told(entry(4, 1), before)).to.deep.equal([
      [1, 'joined', 'own joined', undefined],
      [2, 'ahead_offered', 'The seat came back and was offered to the 1st in the queue.', 4],
      [5, 'ahead_left', 'The 2nd left the queue. You are 3rd now.', 3],
      [12, 'ahead_lapsed', 'The 1st did not pay in time. You are 2nd now.', 2],
      [12.5, 'ahead_offered', 'The seat came back and was offered to the 1st in the queue.', 2],
    ]);
  });

  it('tells nothing of what happened before it joined, nor of what came after its end', () => {
    const before = [entry(1, 0, [1, 'offered'], [4, 'lapsed']), entry(2, 0, [9, 'left'])];
    expect(told(entry(3, 3, [6, 'left']), before).map(([minute, step]) => [minute, step])).to.deep.equal([
      [3, 'joined'],
      [4, 'ahead_lapsed'],
      [6, 'left'],
    ]);
  });

  it('tells that somebody before it keeps the place when an offer failed through no fault of theirs', () => {
    const before = [entry(1, 0, [2, 'offered'], [3, 'requeued'], [4, 'offered'])];
    const steps = told(entry(2, 1), before).map(([, step, , position]) => [step, position]);
    expect(steps).to.deep.equal([
      ['joined', undefined],
      ['ahead_offered', 2],
      ['ahead_requeued', 2],
      ['ahead_offered', 2],
    ]);
  });
});
