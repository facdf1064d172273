import { condition, setHandler } from '@temporalio/workflow';
import { paid, reserve } from './bare.messages.ts';

/** The least that a booking could be: somebody waits for one answer, one signal comes, and that is all. */
export async function bare(): Promise<void> {
  let isPaid = false;
  setHandler(reserve, () => 'AWAITING_PAYMENT');
  setHandler(paid, () => {
    isPaid = true;
  });
  await condition(() => isPaid);
}
