// Not the workflows: each waits before its first step, as none of the recorded ones did.
import { sleep } from '@temporalio/workflow';

const altered = async (): Promise<void> => {
  await sleep(1_234);
};

export {
  altered as booking,
  altered as cancellation,
  altered as eventCancellation,
  altered as orphanedBooking,
  altered as orphanedSale,
  altered as seatWaitlist,
  altered as sweep,
};
