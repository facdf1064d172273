import { Type } from 'typebox';
import { Id } from '../../../lib/contracts/primitives.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { reservedReasons } from '../commands/change-seat.ts';
import { NewSeatFields, seatLabels } from '../commands/new-seat.ts';

export const SeatParams = Type.Object({ eventId: Id, seatId: Id });

/** The route refuses more than `limits.seatsPerJson` itself, to name the way for more. */
export const NewSeats = strictObject({
  seats: Type.Array(NewSeatFields, { minItems: 1 }),
});

export const SeatPatch = Type.Partial(strictObject({ ...seatLabels, price: NewSeatFields.properties.price }), {
  additionalProperties: false,
  minProperties: 1,
});

/** Why a seat is taken out of sale; what only the closing of a whole event may say is refused. */
export const CloseSeat = strictObject({
  reason: Type.Unsafe<string>({
    type: 'string',
    minLength: 1,
    maxLength: 120,
    pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$',
    not: { enum: [...reservedReasons] },
  }),
});
