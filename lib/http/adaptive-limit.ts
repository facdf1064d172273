/** After a slow call: a limit that is too high by half is right after two steps. */
const decrease = 0.7;
/** One step down for what happened at about the same time; the next when that step can have had an effect. */
const stepMs = 250;
/** A limit that nobody presses against grows back by half each second. */
const regrowth = 1.5;
const leastLimit = 4;

export interface AdaptiveLimitOptions {
  /** Never more than this at once; the limit it begins with. */
  most: number;
  /** A call that takes longer shows that too many are under way. Milliseconds. */
  slowMs: number;
}

/**
 * How many calls may be under way at once, found out from how long they take: additive increase, multiplicative decrease,
 * as TCP finds its rate (Chiu and Jain, 1989) and as Netflix' concurrency-limits does for calls. What a process can do
 * depends on the machine and on all that stands behind it, so no configured number would be right for long.
 */
export class AdaptiveLimit {
  readonly #options: AdaptiveLimitOptions;
  #limit: number;
  #underWay = 0;
  #changedAt = performance.now();

  constructor(options: AdaptiveLimitOptions) {
    this.#options = options;
    this.#limit = options.most;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Lets one more in, or says that there is no room. Whoever is let in calls `leave` at the end. */
  enter(now = performance.now()): boolean {
    this.#regrow(now);
    if (this.#underWay >= this.limit) return false;
    this.#underWay += 1;
    return true;
  }

  /** `served`: it did what it was asked for, in so many milliseconds; a refusal tells nothing of how much can be done. */
  leave(outcome: { served: boolean; ms: number }, now = performance.now()): void {
    const wasPressed = this.#underWay * 2 >= this.#limit;
    this.#underWay -= 1;
    if (outcome.ms > this.#options.slowMs) this.#lower(now);
    else if (outcome.served && wasPressed) this.#set(this.#limit + 1, now);
  }

  #lower(now: number): void {
    if (now - this.#changedAt < stepMs && this.#limit < this.#options.most) return;
    this.#set(this.#limit * decrease, now);
  }

  #regrow(now: number): void {
    const idleSeconds = (now - this.#changedAt) / 1000;
    if (idleSeconds >= 1 && this.#underWay * 2 < this.#limit) this.#set(this.#limit * regrowth ** idleSeconds, now);
  }

  #set(limit: number, now: number): void {
    this.#limit = Math.min(this.#options.most, Math.max(leastLimit, limit));
    this.#changedAt = now;
  }
}
