import { Type } from 'typebox';
import { Id, oneOf } from '../../lib/contracts/primitives.ts';

/** What both systems accept as names. Each has its own words for everything else. */
export const Reference = Id;
export const EventRef = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$',
  description: "An event's name in the organizer's system",
});
/** More than any booking has; a limit all the same. */
export const Seats = Type.Array(Id, { minItems: 1, maxItems: 100, uniqueItems: true });
export const HoldStateWord = oneOf(['claiming', 'held', 'refused', 'released']);
export const Cursor = Type.String({ maxLength: 300 });
export const PageLimit = Type.Integer({ minimum: 1, maximum: 200, default: 50 });
