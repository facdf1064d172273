/**
 * Lets one booking at a time through to each seat, within this process: of a crowd that wants the same seat, one starts
 * a workflow, and the others look again once the seat no longer reads OPEN. It saves work; the ledger keeps order.
 */
export class SeatGate {
  private readonly queues = new Map<string, Promise<void>>();

  /** Waits for every key, in sorted order so that two crowds cannot block each other. Returns what opens the gate again. */
  async enter(keys: readonly string[]): Promise<() => void> {
    const opened: Array<() => void> = [];
    for (const key of [...keys].sort()) opened.push(await this.enterOne(key));
    return () => {
      for (const open of opened) open();
    };
  }

  private async enterOne(key: string): Promise<() => void> {
    const before = this.queues.get(key);
    let open = () => {};
    const mine = new Promise<void>((resolve) => {
      open = resolve;
    });
    const queue = (before ?? Promise.resolve()).then(() => mine);
    this.queues.set(key, queue);
    queue.then(() => {
      if (this.queues.get(key) === queue) this.queues.delete(key);
    });
    await before;
    return open;
  }
}
