import type { NewSeat } from '../../services/ticket-app/models/seat.ts';

/** `count` seats of one row: A-1-1, A-1-2, … */
export const someSeats = (count: number): NewSeat[] =>
  Array.from({ length: count }, (_, i) => ({
    seatId: `A-1-${i + 1}`,
    section: 'A',
    row: '1',
    number: String(i + 1),
    category: 'Gold',
    price: { amount: 750_000, currency: 'IDR' as const },
  }));

/** A CSV file of `count` seats of one section, a hundred to the row: A-1-1 … A-1-100, A-2-1 … */
export function seatsCsv(count: number, section = 'A'): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const [row, number] = [Math.floor(i / 100) + 1, (i % 100) + 1];
    return `${section}-${row}-${number},${section},${row},${number},Gold,750000`;
  });
  return `${['seat_id,section,row,number,category,price', ...lines].join('\n')}\n`;
}
