import { mustEqual } from '../must.ts';
import type { Step } from '../step.ts';

export const readHistory: Step = {
  name: 'read_history',
  title: 'The booking history',
  async run({ narrator, buyer, history: expected }) {
    const history = await buyer.history();
    const oldestFirst = history.toReversed();
    mustEqual(
      'the history',
      oldestFirst.map(({ bookingId, status, reason }) => ({ bookingId, status, ...(reason && { reason }) })),
      expected,
    );
    narrator.tell(`${buyer.name} sees every booking, newest first, and why those that failed did:`);
    const widest = Math.max(...history.map(({ status }) => status.length));
    narrator.lines(
      history.map(({ bookingNumber, status, seatIds, reasonText }) => {
        return `${bookingNumber}  ${status.padEnd(widest)}  ${seatIds.join(', ')}${reasonText ? `  ${reasonText}` : ''}`;
      }),
    );
  },
};
