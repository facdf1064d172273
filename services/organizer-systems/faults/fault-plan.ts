import { type CallName, type FaultKind, randomKinds } from './fault.ts';

/** Faults ordered for the calls about one reference, or about one event, while `times` lasts. */
export interface OrderedFault {
  faultId: number;
  reference?: string;
  event?: string;
  /** Left out: holds and releases alike. */
  call?: CallName;
  fault: FaultKind;
  times: number;
}

export interface Call {
  name: CallName;
  reference: string;
  event?: string | undefined;
}

/** Beyond this many the oldest orders are forgotten, so that a long-lived process does not grow. */
const maxOrders = 1_000;

/** Says which calls go wrong: those that were ordered, else by chance. It lives in memory: a restart forgets orders and starts the sequence again. */
export class FaultPlan {
  readonly #rate: number;
  readonly #draw: () => number;
  #orders: OrderedFault[] = [];
  #ordered = 0;

  /** @param rate share of calls that fail by chance, 0 to 1. @param draw numbers in [0, 1). */
  constructor(rate: number, draw: () => number) {
    this.#rate = rate;
    this.#draw = draw;
  }

  order(fault: Omit<OrderedFault, 'faultId'>): OrderedFault {
    this.#ordered += 1;
    const order = { faultId: this.#ordered, ...fault };
    this.#orders = [...this.#orders, order].slice(-maxOrders);
    return order;
  }

  /** The orders that have times left, oldest first. */
  orders(): readonly OrderedFault[] {
    return this.#orders;
  }

  /** Forgets the orders about one reference, or all of them. */
  clear(reference?: string): void {
    this.#orders = reference === undefined ? [] : this.#orders.filter((order) => order.reference !== reference);
  }

  /** The fault of this call, or undefined. Uses up one time of an order; chance is asked only where nothing was ordered. */
  next(call: Call): FaultKind | undefined {
    const order = this.#orders.find((one) => fits(one, call));
    if (!order) return this.#byChance();
    order.times -= 1;
    if (order.times === 0) this.#orders = this.#orders.filter((one) => one !== order);
    return order.fault;
  }

  #byChance(): FaultKind | undefined {
    if (this.#rate === 0 || this.#draw() >= this.#rate) return undefined;
    return randomKinds[Math.floor(this.#draw() * randomKinds.length)];
  }
}

function fits(order: OrderedFault, call: Call): boolean {
  // There is no such thing as a refused release.
  if (call.name === 'release' && order.fault === 'refuse') return false;
  if (order.call !== undefined && order.call !== call.name) return false;
  return order.reference !== undefined ? order.reference === call.reference : order.event === call.event;
}
