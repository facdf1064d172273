/**
 * A state: kinds of parts, the parts of each kind by name. All states of a model have the same kinds and names. Parts are
 * plain JSON values and never change: a step makes a new state, which shares the parts that stayed as they were.
 */
export type State = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const firstCapacity = 1 << 12;

/**
 * Every state that was seen, once. Equal parts are stored once, and a state is the row of its parts' numbers: a few dozen
 * bytes each, compared exactly, so no two states are ever taken for one.
 */
export class StateTable<S extends State> {
  size = 0;
  private readonly shape: ReadonlyArray<readonly [kind: string, names: readonly string[]]>;
  private readonly width: number;
  private readonly parts: unknown[] = [];
  private readonly numbers = new Map<string, number>();
  private rows: Uint32Array;
  /** Open addressing: the index of a state plus one, or 0. */
  private slots: Int32Array;
  private readonly row: Uint32Array;
  /** The state that was read last, and its row: most of what follows from it is the same. */
  private readonly base: { parts: unknown[]; row: Uint32Array };

  constructor(like: S) {
    this.shape = Object.entries(like).map(([kind, named]) => [kind, Object.keys(named)] as const);
    this.width = this.shape.reduce((sum, [, names]) => sum + names.length, 0);
    this.rows = new Uint32Array(firstCapacity * this.width);
    this.slots = new Int32Array(4 * firstCapacity);
    this.row = new Uint32Array(this.width);
    this.base = { parts: new Array(this.width), row: new Uint32Array(this.width) };
  }

  /** The index of the state; it is new if `size` has grown. */
  add(state: S): number {
    this.number(state);
    const { rows, row, width, slots } = this;
    const mask = slots.length - 1;
    let slot = this.hash() & mask;
    for (let found = slots[slot] as number; found !== 0; found = slots[slot] as number) {
      let same = true;
      for (let i = 0, at = (found - 1) * width; i < width && same; i++) same = rows[at + i] === row[i];
      if (same) return found - 1;
      slot = (slot + 1) & mask;
    }
    if ((this.size + 1) * width > rows.length) this.growRows();
    this.rows.set(row, this.size * width);
    slots[slot] = ++this.size;
    if (this.size * 2 > slots.length) this.growSlots();
    return this.size - 1;
  }

  get(index: number): S {
    const { base, rows, width } = this;
    const state: Record<string, Record<string, unknown>> = {};
    let i = 0;
    for (const [kind, names] of this.shape) {
      const named: Record<string, unknown> = {};
      for (const name of names) {
        const number = rows[index * width + i] as number;
        base.row[i] = number;
        base.parts[i] = this.parts[number];
        named[name] = base.parts[i++];
      }
      state[kind] = named;
    }
    return state as S;
  }

  /** Writes the numbers of the state's parts into `row`. */
  private number(state: S): void {
    let i = 0;
    for (const [kind, names] of this.shape) {
      const named = state[kind] as Readonly<Record<string, unknown>>;
      for (const name of names) {
        const part = named[name];
        this.row[i] = part === this.base.parts[i] ? (this.base.row[i] as number) : this.numberOf(part);
        i += 1;
      }
    }
  }

  private numberOf(part: unknown): number {
    const key = JSON.stringify(part);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.parts.push(part) - 1;
    this.numbers.set(key, number);
    return number;
  }

  private hash(): number {
    let hash = 0x811c9dc5;
    for (const number of this.row) {
      hash = Math.imul(hash ^ number, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash >>> 0;
  }

  private growRows(): void {
    const grown = new Uint32Array(this.rows.length * 2);
    grown.set(this.rows);
    this.rows = grown;
  }

  private growSlots(): void {
    const { rows, row, width } = this;
    const slots = new Int32Array(this.slots.length * 2);
    for (let index = 0; index < this.size; index++) {
      row.set(rows.subarray(index * width, (index + 1) * width));
      let slot = this.hash() & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = index + 1;
    }
    this.slots = slots;
  }
}
