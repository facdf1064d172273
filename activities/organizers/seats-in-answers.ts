import type { OrganizerCall, OrganizerClient } from './organizer-client.ts';

interface SeatsOfHold {
  reference: string;
  seatIds: readonly string[];
}

const sorted = (seatIds: readonly string[]) => [...new Set(seatIds)].sort().join();

/** A hold of other seats than were asked for is no hold. Throws `OrganizerUnavailable`. */
export function assertSameSeats(
  client: OrganizerClient,
  call: OrganizerCall,
  asked: SeatsOfHold,
  held: SeatsOfHold,
): void {
  if (held.reference !== asked.reference || sorted(held.seatIds) !== sorted(asked.seatIds)) {
    throw client.unavailable(call, 'it answered about another hold');
  }
}

/**
 * The seats a "no" is about. Seats that are named here are taken out of sale, so a "no" that names none, or seats that
 * nobody asked for, is not believed: throws `OrganizerUnavailable`.
 */
export function refusedAmong(
  client: OrganizerClient,
  call: OrganizerCall,
  asked: readonly string[],
  refused: readonly string[],
): string[] {
  if (refused.length === 0 || !refused.every((seat) => asked.includes(seat))) {
    throw client.unavailable(call, 'it refused without naming seats that were asked for');
  }
  return [...refused];
}
