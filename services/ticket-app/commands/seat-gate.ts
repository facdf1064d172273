/**
 * Lets one booking at a time through to each seat, within this process: of a crowd that wants the same seat one starts
 * a workflow, and the others look again, all at once, when the seat no longer reads OPEN. It saves work; the ledger
 * keeps order. All of a booking's seats are entered in one step or not at all, so crowds cannot block each other.
 */
export class SeatGate {
  private readonly entered = new Map<string, Entry>();

  /** Returns what opens the gate again, or undefined while another booking is in at one of these seats. */
  tryEnter(keys: readonly string[]): Pass | undefined {
    if (keys.some((key) => this.entered.has(key))) return undefined;
    const mine: Entry = { left: happening(), wanted: happening() };
    for (const key of keys) this.entered.set(key, mine);
    return {
      wanted: mine.wanted.happened,
      open: () => {
        for (const key of keys) if (this.entered.get(key) === mine) this.entered.delete(key);
        mine.left.happen();
      },
    };
  }

  /** Resolves when those who are in at these seats have left. */
  async opened(keys: readonly string[]): Promise<void> {
    const entries = keys.map((key) => this.entered.get(key));
    for (const entry of entries) entry?.wanted.happen();
    await Promise.all(entries.map((entry) => entry?.left.happened));
  }
}

/** Of a booking that is in. */
export interface Pass {
  /** Resolves when somebody waits for one of its seats; never, if nobody does. */
  wanted: Promise<void>;
  open(): void;
}

interface Happening {
  happened: Promise<void>;
  happen(): void;
}

interface Entry {
  left: Happening;
  wanted: Happening;
}

function happening(): Happening {
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen };
}
