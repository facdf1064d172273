import { type Static, Type } from 'typebox';
import { Id, Instant } from '../../../lib/contracts/primitives.ts';
import type { HoldRecord } from '../models/hold-record.ts';
import { EventRef, HoldStateWord, Reference } from '../vocabulary.ts';

/** One that was released before it was asked for has neither event nor seats. */
export const HoldView = Type.Object({
  holdId: Type.String(),
  reference: Reference,
  event: Type.Optional(EventRef),
  seats: Type.Array(Id),
  state: HoldStateWord,
  createdAt: Instant,
  changedAt: Instant,
});

/** A hold in X's words. */
export const presentHold = (hold: HoldRecord): Static<typeof HoldView> => ({
  holdId: hold.holdId,
  reference: hold._id,
  ...(hold.event !== undefined && { event: hold.event }),
  seats: hold.seats,
  state: hold.state,
  createdAt: hold.createdAt.toISOString(),
  changedAt: hold.changedAt.toISOString(),
});
