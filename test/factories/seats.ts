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
