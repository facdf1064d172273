/**
 * Lets one booking at a time through to each seat, within this process: of a crowd that wants the same seat one starts
 * a workflow, and the others look again, all at once, when the seat no longer reads OPEN. It saves work; the ledger
 * keeps order. All of a booking's seats are entered in one step or not at all, so crowds cannot block each other.
 */
export class SeatGate {
  private readonly entered = new Map<string, Promise<void>>();

  /** Returns what opens the gate again, or undefined while another booking is in at one of these seats. */
  tryEnter(keys: readonly string[]): (() => void) | undefined {
    if (keys.some((key) => this.entered.has(key))) return undefined;
    let opened = () => {};
    const mine = new Promise<void>((resolve) => {
      opened = resolve;
    });
    for (const key of keys) this.entered.set(key, mine);
    return () => {
      for (const key of keys) if (this.entered.get(key) === mine) this.entered.delete(key);
      opened();
    };
  }

  /** Resolves when those who are in at these seats have left. */
  async opened(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.entered.get(key)));
  }
}
