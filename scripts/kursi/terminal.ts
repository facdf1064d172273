import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green';

/** What the command line has of the process around it. */
export interface Io {
  env: NodeJS.ProcessEnv;
  /** One text and a line's end. */
  out(text: string): void;
  error(text: string): void;
  isColoured: boolean;
  /** Undefined: nobody is there to answer. */
  ask?: ((question: string) => Promise<string>) | undefined;
}

async function askOnTerminal(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}

export const processIo: Io = {
  env: process.env,
  out: (text) => console.log(text),
  error: (text) => console.error(text),
  isColoured: process.stdout.isTTY === true && !process.env.NO_COLOR,
  ask: process.stdin.isTTY ? askOnTerminal : undefined,
};

/** Where a command's answer goes: people see lines, colours only on a terminal; programs see one object. */
export interface Terminal {
  isJson: boolean;
  line(text?: string): void;
  /** What goes on, on stderr: it is no part of the answer. */
  progress(text: string): void;
  paint(style: Style, text: string): string;
  json(value: unknown): void;
  ask: Io['ask'];
}

export function createTerminal(isJson: boolean, { out, error, isColoured, ask }: Io): Terminal {
  return {
    isJson,
    ask,
    line: (text = '') => {
      if (!isJson) out(text);
    },
    progress: (text) => {
      if (!isJson) error(text);
    },
    paint: (style, text) => (isColoured ? styleText(style, text) : text),
    json: (value) => {
      if (isJson) out(JSON.stringify(value, null, 2));
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
