import type { Rules } from './rules.ts';

/** services/organizer-systems/models/holds.ts: what it has of one reference. All seats or none; its own steps are not modelled. */
export type Hold = 'unknown' | 'held' | 'released' | 'refused';

export type HoldAnswer = 'held' | 'released' | 'refused';

export function createOrganizer(rules: Rules) {
  return {
    /** `isTaken`: another reference holds one of these seats, or they were sold elsewhere. */
    hold(hold: Hold, isTaken: boolean): { answer: HoldAnswer; hold: Hold } {
      if (hold !== 'unknown') return { answer: hold, hold };
      return isTaken ? { answer: 'refused', hold: 'refused' } : { answer: 'held', hold: 'held' };
    },
    /** A tombstone for a hold that comes later. */
    release: (hold: Hold): Hold => (hold === 'held' || rules.organizerTombstone ? 'released' : hold),
  };
}
