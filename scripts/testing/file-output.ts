import type { Say } from '../system/progress.ts';

/** What a test file prints, without blank lines at both ends and two in a row; told at once if there is a `show`. */
export class FileOutput {
  readonly lines: string[] = [];
  readonly #show: Say | undefined;
  #blank = false;

  constructor(show: Say | undefined) {
    this.#show = show;
  }

  add(line: string): void {
    if (line.trim() === '') {
      this.#blank = true;
      return;
    }
    if (this.#blank && (this.lines.length > 0 || this.#show)) this.#put('');
    this.#blank = false;
    this.#put(line);
  }

  #put(line: string): void {
    this.lines.push(line);
    this.#show?.(line);
  }
}
