import { backoffMs } from '../../../lib/outbox/backoff.ts';
import type { Booking } from './booking.ts';
import type { WaitlistEntry } from './waitlist-entry.ts';

/** After `startBefore`, or an expiry: time for an answer or a notification that is on its way. */
const graceMs = 5_000;
/** Hold and invoice together have 60 s at most; most take far less, and their notification comes by itself. */
const holdingMs = 30_000;
const expiryGraceMs = 60_000;
const cancellingMs = 60_000;
const missingTicketMs = 15_000;
const refundMs = 10 * 60_000;
/** A ticket stays good until it is told otherwise, which may be lost for good (14 days of tries): rare, until the event. */
const ticketMs = 7 * 24 * 3_600_000;
const startedMs = 60_000;
/** An offer lasts minutes, and its notification comes by itself: this is for the one that was lost. */
const offeredMs = 60_000;
/** Somebody may wait for weeks, and each change is told: this costs a call an hour for each that waits. */
const waitingMs = 3_600_000;

/** Asked in vain: ever less often. It never gives up, for a booking may not stay without an end. */
const inVain = { firstMs: 15_000, factor: 2, capMs: 10 * 60_000, giveUpAfterMs: Number.POSITIVE_INFINITY };

type Checked = Pick<Booking, 'status'> & {
  [K in 'startBefore' | 'expiresAt' | 'event' | 'ticket' | 'refund' | 'ticketFile']?: Booking[K] | undefined;
};

const after = (at: Date, ms: number) => new Date(at.getTime() + ms);

const hasItsTicket = ({ status, ticket, ticketFile }: Checked): boolean =>
  status === 'CONFIRMED' && ticket !== undefined && ticketFile?.sha256 === ticket.sha256;

/** Once a week, and when the event has begun for the last time. */
function untilStart({ event }: Checked, now: Date): Date | undefined {
  const last = event && after(event.startsAt, startedMs);
  if (!last || last <= now) return undefined;
  return new Date(Math.min(now.getTime() + ticketMs, last.getTime()));
}

/** When to ask ticket-app about a booking that nothing more was heard of (K-3: a sweep for what nobody was woken for). */
export function nextCheck(booking: Checked, now = new Date()): Date | undefined {
  switch (booking.status) {
    case 'REQUESTED':
      return after(booking.startBefore ?? now, graceMs);
    case 'HOLDING':
      return after(now, holdingMs);
    case 'AWAITING_PAYMENT':
      return after(booking.expiresAt ?? now, expiryGraceMs);
    case 'CANCELLING':
      return after(now, cancellingMs);
    case 'CONFIRMED':
      return hasItsTicket(booking) ? untilStart(booking, now) : after(now, missingTicketMs);
    case 'CANCELLED':
    case 'FAILED':
      return booking.refund?.status === 'pending' ? after(now, refundMs) : undefined;
  }
}

const checkAgain = (tries: number, now: Date): Date => after(now, backoffMs(inVain, tries));

/** The same after it was asked without news, `tries` times, counted from 1. */
export function checkAfterNoNews(booking: Checked, tries: number, now = new Date()): Date | undefined {
  const next = nextCheck(booking, now);
  return next && !hasItsTicket(booking) ? checkAgain(tries, now) : next;
}

/** Until then a call may still be answered or start: silence means nothing yet. */
export const startIsOver = (booking: Pick<Booking, 'startBefore'>, now = new Date()): boolean =>
  booking.startBefore === undefined || after(booking.startBefore, graceMs) <= now;

/** The same of a place in a queue. */
export const joinIsOver = ({ joinBefore }: Pick<WaitlistEntry, 'joinBefore'>, now = new Date()): boolean =>
  joinBefore === undefined || after(joinBefore, graceMs) <= now;

/** When to ask ticket-app about a place in a queue, of which it was asked `tries` times without news. */
export function nextEntryCheck(
  entry: Pick<WaitlistEntry, 'status' | 'joinBefore'>,
  tries: number,
  now = new Date(),
): Date | undefined {
  switch (entry.status) {
    case 'REQUESTED':
      return tries > 0 ? checkAgain(tries, now) : after(entry.joinBefore ?? now, graceMs);
    case 'WAITING':
      return after(now, waitingMs);
    case 'OFFERED':
      return tries > 0 ? checkAgain(tries, now) : after(now, offeredMs);
    case 'FULFILLED':
    case 'LAPSED':
    case 'DECLINED':
    case 'LEFT':
    case 'CLOSED':
    case 'NOT_JOINED':
      return undefined;
  }
}
