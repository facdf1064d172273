import type { Say } from '../system/progress.ts';

const sequences = { bold: '1', soft: '2', red: '31', green: '32' } as const;

/** Tells the demo to the person in front of the terminal. */
export class Narrator {
  readonly #say: Say;
  readonly #inColour: boolean;

  constructor(say: Say, inColour: boolean) {
    this.#say = say;
    this.#inColour = inColour;
  }

  heading(text: string): void {
    this.#say(`\n${this.#paint('bold', text)}`);
  }

  /** A sentence or two. */
  tell(text: string): void {
    this.#say(`  ${text}`);
  }

  /** The values that matter, one a line, aligned. */
  values(values: Record<string, string | undefined>): void {
    const shown = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const width = Math.max(...shown.map(([name]) => name.length));
    for (const [name, value] of shown) this.#say(`    ${this.#paint('soft', name.padEnd(width))}  ${value}`);
  }

  lines(lines: readonly string[]): void {
    for (const line of lines) this.#say(`    ${line}`);
  }

  done(text: string): void {
    this.#say(`\n${this.#paint('green', text)}`);
  }

  failed(text: string): void {
    this.#say(`  ${this.#paint('red', 'FAILED')} ${text}`);
  }

  #paint(style: keyof typeof sequences, text: string): string {
    return this.#inColour ? `\u001b[${sequences[style]}m${text}\u001b[0m` : text;
  }
}
