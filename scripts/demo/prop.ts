/** Something that one step leaves on the stage and a later one takes up. */
export class Prop<T> {
  readonly #name: string;
  #value: T | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  put(value: T): void {
    this.#value = value;
  }

  /** @throws when no step has left it. */
  get(): T {
    if (this.#value === undefined) throw new Error(`there is no ${this.#name} yet: its step did not run`);
    return this.#value;
  }
}
