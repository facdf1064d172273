import type { HoldRecord, HoldState } from '../models/hold-record.ts';

export const statusOfState = {
  claiming: 'PENDING',
  held: 'BLOCKED',
  refused: 'DENIED',
  released: 'FREED',
} as const satisfies Record<HoldState, string>;

export type AllotmentStatus = (typeof statusOfState)[HoldState];

export function stateOfStatus(status: AllotmentStatus): HoldState {
  switch (status) {
    case 'PENDING':
      return 'claiming';
    case 'BLOCKED':
      return 'held';
    case 'DENIED':
      return 'refused';
    case 'FREED':
      return 'released';
  }
}

/** A hold in Y's words: an allotment of places in a performance. */
export const presentAllotment = (hold: HoldRecord) => ({
  ref: hold._id,
  no: hold.holdId,
  performance: hold.event,
  places: hold.seats,
  status: statusOfState[hold.state],
  ...(hold.state === 'refused' && { denied: hold.refusedSeats }),
  since: hold.changedAt,
});
