import type { SeatView } from '../../../lib/contracts/seat.ts';
import type { SeatRow } from '../commands/find-seats.ts';

/** A seat as buyers see it: never who holds it. */
export function presentSeat(seat: SeatRow): SeatView {
  const { seatId, section, row, number, category, price, status } = seat;
  return { seatId, section, row, number, category, price, status, closed: seat.closed !== null };
}

/** For admins: also why it is closed. */
export function presentSeatToAdmin(seat: SeatRow): SeatView & { closedReason?: string } {
  return { ...presentSeat(seat), ...(seat.closed && { closedReason: seat.closed.reason }) };
}
