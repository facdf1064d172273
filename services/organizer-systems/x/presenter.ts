import type { HoldRecord } from '../models/hold-record.ts';

/** A hold in X's words. */
export const presentHold = (hold: HoldRecord) => ({
  holdId: hold.holdId,
  reference: hold._id,
  event: hold.event,
  seats: hold.seats,
  state: hold.state,
  createdAt: hold.createdAt,
  changedAt: hold.changedAt,
});
