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
  /** Who has no seat after so many milliseconds, and does not know that there is none, gives up: an error. */
  patienceMs: number;
}

/** What one of them met with. Milliseconds since the sale began. */
export interface BuyerStory {
  outcome: 'bought' | 'sold_out' | 'error';
  /** Seats asked for; the last one is the one that was bought. */
  tries: number;
  /** Answers 429 and 503, after each of which they waited as long as Retry-After says. */
  turnedAway: number;
  /** Bookings that ended since somebody did not answer in time (a 503 with its booking); then they asked for another seat. */
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

/** Beyond the crowd's patience: for the calls that are under way when it is over. */
const MOST_OVERTIME_MS = 90_000;

/**
 * Lets them go, in a process of their own, and tells how it went when the last has a seat or knows that there is none.
 * @throws when they have not come to an end by some time after their patience was over.
 */
export async function unleash(crowd: Crowd): Promise<CrowdResult> {
  const timeoutMs = crowd.patienceMs + MOST_OVERTIME_MS;
  return (await askChild(new URL('./process.ts', import.meta.url), crowd, timeoutMs)) as CrowdResult;
}
