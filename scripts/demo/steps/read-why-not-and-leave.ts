import { mustEqual } from '../must.ts';
import type { Step } from '../step.ts';
import { timeOfDay } from '../wording.ts';

/** An organizer's bad minute may put offers between these; it moves nobody. */
const moves = ['joined', 'ahead_lapsed', 'ahead_fulfilled'];

export const readWhyNotAndLeave: Step = {
  name: 'read_why_not_and_leave',
  title: 'The third reads why, and leaves the queue',
  async run({ narrator, waiting, queue }) {
    const { entryIds } = queue.get();
    const [, , third] = waiting;
    const { position, history } = await third.entry(entryIds[2]);
    mustEqual('the place of the third', position, 1);
    const steps = history.map(({ step }) => step).filter((step) => moves.includes(step));
    mustEqual('what has moved the third', steps, moves);
    narrator.tell(`${third.name} asks why the seat went to somebody else:`);
    narrator.lines(history.map(({ at, text }) => `${timeOfDay(at)}  ${text}`));
    const { status, statusText } = await third.leaveQueue(entryIds[2]);
    mustEqual('the status of the place', status, 'LEFT');
    narrator.tell(`${third.name} has waited long enough: ${statusText}`);
  },
};
