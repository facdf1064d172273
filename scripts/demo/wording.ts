import type { SeatOnBooking } from '../../lib/contracts/booking.ts';
import type { Money } from '../../lib/contracts/primitives.ts';
import type { SeatView } from '../../lib/contracts/seat.ts';
import { wordDay, wordTime } from '../../lib/jakarta-time.ts';
import { wordMoney } from '../../lib/money.ts';

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Jakarta', timeStyle: 'medium' });

/** "Rp 1.250.000" */
export const rupiah = (money: Money): string => wordMoney({ amount: money.amount, currency: 'IDR' });

/** "Saturday, 12 December 2026, 19:30 WIB" */
export const dayAndTime = (instant: string): string => `${wordDay(new Date(instant))}, ${wordTime(new Date(instant))}`;

/** "19:45:10 WIB": a hold may be as short as some seconds. */
export const timeOfDay = (instant: string): string => `${clock.format(new Date(instant))} WIB`;

/** "Parterre, row A, seat 1 (Rp 1.250.000)" */
export const seat = ({ section, row, number, price }: SeatOnBooking): string =>
  `${section}, row ${row}, seat ${number} (${rupiah(price)})`;

const signs: Record<SeatView['status'], string> = { OPEN: '○', ON_GOING: '◐', BOOKED: '●' };

/** A line for each row: "A  ○ ○ ● ●   Rp 1.250.000". */
export function seatMap(seats: readonly SeatView[]): string[] {
  const rows = [...new Set(seats.map(({ row }) => row))];
  return rows.map((row) => {
    const inRow = seats.filter((seat) => seat.row === row);
    const signsOfRow = inRow.map(({ status, closed }) => (closed ? '×' : signs[status])).join(' ');
    const price = inRow[0] ? rupiah(inRow[0].price) : '';
    return `${row}  ${signsOfRow}   ${price}`;
  });
}

export const seatMapKey = '○ open   ◐ being booked   ● sold';
