import type { Attempt } from './workflow.ts';
import { put, type World } from './world.ts';

/** An entry of a seat's waitlist: services/ticket-app/models/waitlist-ledger.ts. It has the name of the person. */
export interface Entry {
  readonly status: 'absent' | 'WAITING' | 'OFFERED' | 'FULFILLED' | 'LAPSED' | 'DECLINED' | 'LEFT' | 'CLOSED';
  readonly seq: number;
  readonly attempt: number;
  readonly version: number;
  /** It was put back, and `notBefore` has not come. */
  readonly isBackedOff: boolean;
}

export const absentEntry: Entry = { status: 'absent', seq: 0, attempt: 1, version: 0, isBackedOff: false };
export const isActive = ({ status }: Entry): boolean => status === 'WAITING' || status === 'OFFERED';

/** The booking by which an entry is offered its seat: `<entryId>-<attempt>`. */
export const offerOf = (entryId: string, { attempt }: Entry): string => `${entryId}-${attempt}`;
export const isOffer = (bookingId: string): boolean => bookingId.includes('-');

/** The workflow of a seat's waitlist, with its desk: workflows/seat-waitlist/. */
export interface Actor {
  readonly isRunning: boolean;
  readonly isWoken: boolean;
  /** `continueAsNewSuggested` */
  readonly isFull: boolean;
  /** Where its story is: about to look, waiting to be woken, or waiting for the last handler to end. */
  readonly story: 'look' | 'untilWoken' | 'untilQuiet';
  /** It looks again by itself after a while. */
  readonly looksAgain: boolean;
  /** What it does now, one thing at a time: the story's look, or what somebody asked for. */
  readonly doing: string;
  readonly attempt: Attempt | null;
}

export const noActor: Actor = {
  isRunning: false,
  isWoken: false,
  isFull: false,
  story: 'look',
  looksAgain: false,
  doing: '',
  attempt: null,
};

/** Somebody who asks to join or to leave, and repeats it until there is an answer. */
export interface Person {
  readonly asks: string;
  readonly answer: string;
}

/** The signal `wake`, with start. */
export function wakeActor(world: World, seatId: string): World {
  const actor = world.actors[seatId];
  if (!actor || actor.isWoken) return world;
  return put(world, 'actors', seatId, { ...actor, isWoken: true });
}
