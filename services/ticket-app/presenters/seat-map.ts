import { type SeatMap, seatLetter } from '../../../lib/contracts/seat-map.ts';
import type { SeatState } from '../models/seat-states.ts';
import type { Row } from '../seat-map/hall.ts';

/** One letter a seat, in the order of the hall: what alone changes while an event is sold. */
export const statesOf = (seats: readonly SeatState[]): string =>
  seats.map(({ status, closed }) => seatLetter({ status, closed: closed !== null })).join('');

/** The rows of a hall as buyers' programs read them. */
export function presentHall(rows: readonly Row<SeatState>[]): Pick<SeatMap, 'categories' | 'sections'> {
  const tiers = new Map<string, number>();
  const categories: SeatMap['categories'] = [];
  const tierOf = ({ category, price: { amount, currency } }: SeatState): number => {
    const key = `${category}\n${amount}`;
    const known = tiers.get(key);
    if (known !== undefined) return known;
    tiers.set(key, categories.length);
    return categories.push({ name: category, price: { amount, currency } }) - 1;
  };
  const sections: SeatMap['sections'] = [];
  for (const { section, name, seats } of rows) {
    if (sections.at(-1)?.name !== section) sections.push({ name: section, rows: [] });
    sections.at(-1)?.rows.push({
      name,
      seatIds: seats.map(({ seatId }) => seatId),
      numbers: seats.map(({ number }) => number),
      categories: seats.map(tierOf),
      states: statesOf(seats),
    });
  }
  return { categories, sections };
}
