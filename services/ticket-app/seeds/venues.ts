import type { NewSeat } from '../models/seat.ts';

/** Part of a hall with one price: `rows` names its rows in order, each of `seatsPerRow` seats numbered from 1. */
interface Section {
  code: string;
  category: string;
  rows: readonly string[];
  seatsPerRow: number;
  /** In rupiah. */
  price: number;
}

export interface Venue {
  name: string;
  city: string;
  sections: readonly Section[];
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i + 1));
/** A, B, C …, as theatres name their rows. */
const lettered = (count: number): string[] => Array.from({ length: count }, (_, i) => String.fromCharCode(65 + i));

const sections = (codes: string, part: Omit<Section, 'code'>): Section[] =>
  [...codes].map((code) => ({ code, ...part }));

/** 7,000 seats: four blocks on the floor, ten on the tribunes. */
export const istoraSenayan: Venue = {
  name: 'Istora Senayan',
  city: 'Jakarta',
  sections: [
    ...sections('WXYZ', { category: 'Floor', rows: numbered(10), seatsPerRow: 25, price: 1_850_000 }),
    ...sections('ABCDEF', { category: 'Lower tribune', rows: numbered(20), seatsPerRow: 30, price: 950_000 }),
    ...sections('GHJK', { category: 'Upper tribune', rows: numbered(20), seatsPerRow: 30, price: 450_000 }),
  ],
};

/** 1,200 seats. */
export const teaterJakarta: Venue = {
  name: 'Teater Jakarta, Taman Ismail Marzuki',
  city: 'Jakarta',
  sections: [
    { code: 'STALLS', category: 'Premium', rows: lettered(8), seatsPerRow: 30, price: 1_250_000 },
    { code: 'PARTERRE', category: 'Category 1', rows: lettered(12), seatsPerRow: 30, price: 850_000 },
    { code: 'MEZZANINE', category: 'Category 2', rows: lettered(10), seatsPerRow: 30, price: 550_000 },
    { code: 'BALCONY', category: 'Category 3', rows: lettered(10), seatsPerRow: 30, price: 275_000 },
  ],
};

/** 475 seats. */
export const gedungKesenian: Venue = {
  name: 'Gedung Kesenian Jakarta',
  city: 'Jakarta',
  sections: [
    { code: 'STALLS', category: 'Premium', rows: lettered(5), seatsPerRow: 23, price: 600_000 },
    { code: 'PARTERRE', category: 'Regular', rows: lettered(10), seatsPerRow: 23, price: 375_000 },
    { code: 'BALCONY', category: 'Balcony', rows: lettered(10), seatsPerRow: 13, price: 200_000 },
  ],
};

/** 1,300 seats. */
export const balaiSarbini: Venue = {
  name: 'Balai Sarbini',
  city: 'Jakarta',
  sections: [
    { code: 'VIP', category: 'VIP', rows: numbered(10), seatsPerRow: 20, price: 1_500_000 },
    ...sections('AB', { category: 'Festival seated', rows: numbered(15), seatsPerRow: 20, price: 800_000 }),
    ...sections('CD', { category: 'Balcony', rows: numbered(10), seatsPerRow: 25, price: 400_000 }),
  ],
};

/** 5,000 seats. */
export const iceBsd: Venue = {
  name: 'ICE BSD City, Hall 5',
  city: 'Tangerang',
  sections: [
    ...sections('A', { category: 'CAT 1', rows: numbered(20), seatsPerRow: 50, price: 2_750_000 }),
    ...sections('BC', { category: 'CAT 2', rows: numbered(20), seatsPerRow: 50, price: 1_950_000 }),
    ...sections('DE', { category: 'CAT 3', rows: numbered(20), seatsPerRow: 50, price: 1_100_000 }),
  ],
};

/** 200 seats at tables and along the bar. */
export const kemangJazzRoom: Venue = {
  name: 'Kemang Jazz Room',
  city: 'Jakarta',
  sections: [
    { code: 'TABLE', category: 'Table', rows: numbered(20), seatsPerRow: 6, price: 350_000 },
    { code: 'BAR', category: 'Bar', rows: numbered(4), seatsPerRow: 20, price: 225_000 },
  ],
};

/** Every seat of a hall; the id is section-row-number, e.g. `A-12-7`. */
export function seatsOf(venue: Venue): NewSeat[] {
  return venue.sections.flatMap(({ code, category, rows, seatsPerRow, price }) =>
    rows.flatMap((row) =>
      numbered(seatsPerRow).map((number) => ({
        seatId: `${code}-${row}-${number}`,
        section: code,
        row,
        number,
        category,
        price: { amount: price, currency: 'IDR' as const },
      })),
    ),
  );
}
