import { askChild } from '../child.ts';

/** People who all want one of these seats at the same moment. */
export interface Crowd {
  clientApp: string;
  paymentApp: string;
  eventId: string;
  seatIds: readonly string[];
  /** Of the buyers' sign-ins, in the order in which they come. */
  tokens: readonly string[];
  /** Of the seats they wish for. */
  seed: number;
}

/** What one of them met with. Milliseconds since the sale began. */
export interface BuyerStory {
  outcome: 'bought' | 'sold_out' | 'error';
  /** Seats asked for; the last one is the one that was bought. */
  tries: number;
  /** Answers 429 and 503, after each of which they waited as long as Retry-After says. */
  turnedAway: number;
  /** Told only after the patience of 10 s that nothing was begun; then they asked again. */
  outOfTime: number;
  endedMs: number;
  error?: string;
}

export interface CrowdResult {
  /** In the order in which they came. */
  stories: BuyerStory[];
  /** Of the answers "taken", and of those that turn away. */
  refusedMs: number[];
  turnedAwayMs: number[];
}

/** Lets them go, in a process of their own, and tells how it went when the last has a seat or knows that there is none. */
export async function unleash(crowd: Crowd): Promise<CrowdResult> {
  return (await askChild(new URL('./process.ts', import.meta.url), crowd)) as CrowdResult;
}
