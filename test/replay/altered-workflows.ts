import { sleep } from '@temporalio/workflow';

/** Not the booking workflow: it waits before its first step, as none of the recorded ones did. */
export async function booking(): Promise<void> {
  await sleep(1_000);
}
