import type { NewSeat } from '../models/seat.ts';

export type Place = Pick<NewSeat, 'seatId' | 'section' | 'row' | 'number'>;

export interface Row<S> {
  section: string;
  name: string;
  /** 0 is the front row of its section. */
  fromFront: number;
  /** From one end to the other. */
  seats: S[];
}

/** Labels as people read them: 2 before 10, A2 before A10. */
const { compare } = new Intl.Collator('en', { numeric: true });

function grouped<S>(seats: Iterable<S>, label: (seat: S) => string): Array<[string, S[]]> {
  const groups = new Map<string, S[]>();
  for (const seat of seats) {
    const group = groups.get(label(seat));
    if (group) group.push(seat);
    else groups.set(label(seat), [seat]);
  }
  return [...groups].sort(([a], [b]) => compare(a, b));
}

/**
 * The rows of a hall, section by section, the front row first, each from one end to the other: labels are all that is
 * known of where a seat stands, and they count from the front and from one end.
 */
export function rowsOf<S extends Place>(seats: Iterable<S>): Row<S>[] {
  return grouped(seats, (seat) => seat.section).flatMap(([section, all]) =>
    grouped(all, (seat) => seat.row).map(([name, row], fromFront) => ({
      section,
      name,
      fromFront,
      seats: row.sort((a, b) => compare(a.number, b.number) || compare(a.seatId, b.seatId)),
    })),
  );
}

const wholeNumber = /^\d{1,9}$/;

/**
 * Cuts a row where seats that follow one another in it are not side by side: where numbers are left out, as at a pillar
 * or an aisle. Rows of odd or even numbers only are common, so a step of the row is the smallest there is in it.
 */
export function piecesOf<S extends Pick<Place, 'number'>>(row: readonly S[]): S[][] {
  const numbers = row.map(({ number }) => (wholeNumber.test(number) ? Number(number) : undefined));
  const steps = numbers.map((number, i) => {
    const before = numbers[i - 1];
    return number === undefined || before === undefined ? undefined : number - before;
  });
  const step = Math.min(...steps.filter((one) => one !== undefined && one > 0).map(Number));
  const pieces: S[][] = [];
  row.forEach((seat, i) => {
    const piece = pieces.at(-1);
    if (piece && (steps[i] ?? 0) <= step) piece.push(seat);
    else pieces.push([seat]);
  });
  return pieces;
}
