import { type Static, Type } from 'typebox';
import { SeatView } from '../../../lib/contracts/seat.ts';
import type { SeatRow } from '../commands/find-seats.ts';

/** A seat as buyers see it: never who holds it. */
export function presentSeat(seat: SeatRow): SeatView {
  const { seatId, section, row, number, category, price, status } = seat;
  return { seatId, section, row, number, category, price, status, closed: seat.closed !== null };
}

/** For those who keep the event: also why it is closed. */
export const SeatToKeeper = Type.Object({ ...SeatView.properties, closedReason: Type.Optional(Type.String()) });
type SeatToKeeper = Static<typeof SeatToKeeper>;

export function presentSeatToAdmin(seat: SeatRow): SeatToKeeper {
  return { ...presentSeat(seat), ...(seat.closed && { closedReason: seat.closed.reason }) };
}
