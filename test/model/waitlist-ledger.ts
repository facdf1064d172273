import { type Booking, isOver } from './booking-document.ts';
import type { Entry } from './queue.ts';
import type { Rules } from './rules.ts';

type Status = Entry['status'];

/** From which states each state can be reached: services/ticket-app/models/waitlist-ledger.ts. */
const sources: Partial<Record<Status, readonly Status[]>> = {
  OFFERED: ['WAITING'],
  WAITING: ['OFFERED'],
  FULFILLED: ['OFFERED'],
  LAPSED: ['OFFERED'],
  DECLINED: ['OFFERED'],
  LEFT: ['WAITING'],
  CLOSED: ['WAITING', 'OFFERED'],
};

/** Each change is one compare-and-set on what was `seen`. Undefined: it has become something else meanwhile. */
export function createWaitlistLedger(rules: Rules) {
  function change(entry: Entry, seen: Entry, to: Status, fields: Partial<Entry> = {}): Entry | undefined {
    const isAsSeen = entry.version === seen.version && entry.attempt === seen.attempt;
    if (!sources[to]?.includes(entry.status) || (rules.versionOfEntry && !isAsSeen)) return undefined;
    return { ...entry, status: to, version: entry.version + 1, ...fields };
  }
  return {
    offered: (entry: Entry, seen: Entry) => change(entry, seen, 'OFFERED'),
    requeue: (entry: Entry, seen: Entry) =>
      change(entry, seen, 'WAITING', { attempt: seen.attempt + (rules.nextAttempt ? 1 : 0), isBackedOff: true }),
    end: change,
  };
}

/** activities/waitlist/outcome-of-offer.ts */
export function outcomeOfOffer(booking: Booking, rules: Rules): 'running' | 'requeue' | Status {
  const { status, reason, wasConfirmed } = booking;
  if (status === 'CONFIRMED' || status === 'CANCELLING' || wasConfirmed) return 'FULFILLED';
  if (!isOver(booking)) return 'running';
  if (reason === 'payment_expired' || reason === 'payment_declined') return 'LAPSED';
  if (reason === 'cancelled_by_customer') return 'DECLINED';
  if (reason === 'cancelled_by_organizer' || reason === 'event_cancelled') return 'CLOSED';
  return rules.faultKeepsPlace ? 'requeue' : 'LAPSED';
}
