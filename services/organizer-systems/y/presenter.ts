import { type Static, Type } from 'typebox';
import { Id, Instant, oneOf } from '../../../lib/contracts/primitives.ts';
import type { HoldRecord, HoldState } from '../models/hold-record.ts';
import { EventRef, Reference } from '../vocabulary.ts';

export const statusOfState = {
  claiming: 'PENDING',
  held: 'BLOCKED',
  refused: 'DENIED',
  released: 'FREED',
} as const satisfies Record<HoldState, AllotmentStatus>;

export const AllotmentStatus = oneOf(['PENDING', 'BLOCKED', 'DENIED', 'FREED']);
export type AllotmentStatus = Static<typeof AllotmentStatus>;

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

/** One that was freed before it was asked for has neither performance nor places. */
export const AllotmentView = Type.Object({
  ref: Reference,
  no: Type.String(),
  performance: Type.Optional(EventRef),
  places: Type.Array(Id),
  status: AllotmentStatus,
  denied: Type.Optional(Type.Array(Id, { description: 'Places that were not free.' })),
  since: Instant,
});

/** A hold in Y's words: an allotment of places in a performance. */
export const presentAllotment = (hold: HoldRecord): Static<typeof AllotmentView> => ({
  ref: hold._id,
  no: hold.holdId,
  ...(hold.event !== undefined && { performance: hold.event }),
  places: hold.seats,
  status: statusOfState[hold.state],
  ...(hold.state === 'refused' && hold.refusedSeats && { denied: hold.refusedSeats }),
  since: hold.changedAt.toISOString(),
});
