import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** Where a command's answer goes: people see lines, colours only on a terminal; programs see one object. */
export interface Terminal {
  isJson: boolean;
  line(text?: string): void;
  /** What goes on, on stderr: it is no part of the answer. */
  progress(text: string): void;
  paint(style: Style, text: string): string;
  json(value: unknown): void;
}

export function createTerminal(isJson: boolean): Terminal {
  const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return {
    isJson,
    line: (text = '') => {
      if (!isJson) console.log(text);
    },
    progress: (text) => {
      if (!isJson) console.error(text);
    },
    paint: (style, text) => (isColoured ? styleText(style, text) : text),
    json: (value) => {
      if (isJson) console.log(JSON.stringify(value, null, 2));
    },
  };
}

/** Rows with their columns below one another. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((found, row) => row.map((cell, n) => Math.max(found[n] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const units: [string, number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** For people: `3 min`, `2 h`. */
export function ago(instant: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(instant)) / 1000));
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ['s', 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}
