import type { OrganizerCode } from '../../lib/contracts/event.ts';

/** What Kursi asks of an organizer's system, whatever its API: one hold per reference, all its seats or none (T2, T8). */
export interface Organizer {
  /**
   * Holds seats. May be repeated with the same reference: it is the same hold.
   * A definite "no" is a value; a rejection means that nobody knows what was done, and is to be retried.
   * Rejects with `OrganizerUnavailable`, `OrganizerRejectedCall`, or the reason of `signal` once that is aborted.
   */
  hold(request: HoldRequest, signal?: AbortSignal): Promise<HoldOutcome>;
  /** Gives the seats of a reference back, known or not. Resolves only when the organizer said so; rejects like `hold`. */
  release(request: { reference: string }, signal?: AbortSignal): Promise<void>;
  /** Every hold the organizer has on record for an event, newest first; released ones that never held are not among them. */
  listHolds(eventRef: string, signal?: AbortSignal): Promise<OrganizerHold[]>;
  /** Closes idle connections. */
  close(): void;
}

/** An adapter for each organizer's system. */
export type Organizers = Record<OrganizerCode, Organizer>;

export interface HoldRequest {
  reference: string;
  /** The event's name in the organizer's own system. */
  eventRef: string;
  seatIds: readonly string[];
}

export type HoldOutcome =
  | { outcome: 'held'; holdId: string }
  /** `seatIds` are those of the request that are not to be had. */
  | { outcome: 'refused'; seatIds: string[]; why: string }
  /** The reference was released before: this hold came too late, and holds nothing. */
  | { outcome: 'released' };

export interface OrganizerHold {
  reference: string;
  seatIds: string[];
  /** `pending`: the organizer has not decided yet. */
  state: 'pending' | 'held' | 'refused' | 'released';
}

/** Nobody knows what was done: no answer, a broken one, or "try again". The same call may be repeated. */
export class OrganizerUnavailable extends Error {
  readonly organizer: string;

  /** @param call e.g. `hold of 0198…` @param happened e.g. `answered 503` */
  constructor(organizer: string, call: string, happened: string) {
    super(`Organizer ${organizer}, ${call}: ${happened}. What it did is not known; repeat the call.`);
    this.name = 'OrganizerUnavailable';
    this.organizer = organizer;
  }
}

/** The organizer did not accept the call as such. It may be repeated, but somebody has to look at our side first. */
export class OrganizerRejectedCall extends Error {
  readonly organizer: string;

  constructor(organizer: string, call: string, happened: string) {
    super(`Organizer ${organizer}, ${call}: ${happened}. Check its credentials in the configuration, and its adapter.`);
    this.name = 'OrganizerRejectedCall';
    this.organizer = organizer;
  }
}
