import type { SeatOnBooking } from '../../lib/contracts/booking.ts';
import type { Money } from '../../lib/contracts/primitives.ts';
import type { SeatMap } from '../../lib/contracts/seat-map.ts';
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

/** By the letters of a seat map; a closed seat's are in lower case. */
const signs: Partial<Record<string, string>> = { O: '○', G: '◐', B: '●' };

/** A line for each row: "A  ○ ○ ● ●   Rp 1.250.000". */
export function seatMap({ categories, sections }: SeatMap): string[] {
  return sections.flatMap(({ rows }) =>
    rows.map(({ name, states, categories: [category = 0] }) => {
      const price = categories[category]?.price;
      return `${name}  ${[...states].map((letter) => signs[letter] ?? '×').join(' ')}   ${price ? rupiah(price) : ''}`;
    }),
  );
}

export const seatMapKey = '○ open   ◐ being booked   ● sold';
