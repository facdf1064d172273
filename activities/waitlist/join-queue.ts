import { limits } from '../../lib/contracts/limits.ts';
import { ordinal } from '../../lib/contracts/ordinal.ts';
import type { WaitlistRefusal } from '../../lib/contracts/waitlist.ts';
import type { SeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import type { EntryOfPerson, WaitingLimits } from '../../services/ticket-app/models/waiting-limits.ts';
import { offerOf, type WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import type { WaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';
import type { JoinAnswer, JoinRequest, SeatOfEvent } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';

/** Shorter than the 10 s after which an attempt is given up, so that the next one has the last word. */
const usualCountPatienceMs = 8_000;

type Place = Pick<WaitlistEntry, '_id' | 'eventId' | 'seatId' | 'attempt' | 'status'>;

interface Dependencies {
  entries: WaitlistLedger;
  seats: SeatLedger;
  limits: WaitingLimits;
  /** How long an attempt may take until the seat has counted it. */
  countPatienceMs?: number;
}

export interface Joined {
  answer: Exclude<JoinAnswer, { outcome: 'busy' }>;
  /** The queue was empty until now, or the seat did not know of it: somebody has to look. */
  lookNow: boolean;
}

/**
 * Puts a person at the end of a seat's queue. One join at a time for each seat: the workflow sees to it. A repeat
 * answers from the entry that exists (K-1). Its cost does not depend on how many wait, but for one count over an index.
 */
export function createJoinQueue({
  entries,
  seats,
  limits: waitingLimits,
  countPatienceMs = usualCountPatienceMs,
}: Dependencies) {
  const countOf = (entry: Omit<Place, 'status'>, countBefore: Date) => {
    const { eventId, seatId } = entry;
    return { eventId, seatId, bookingId: offerOf(entry), countBefore };
  };

  const refused = (reason: WaitlistRefusal, entryId?: string): Joined => ({
    answer: { outcome: 'refused', reason, ...(entryId !== undefined && { entryId }) },
    lookNow: false,
  });

  /** An earlier attempt may have counted this entry among the person's: it gives the room back. */
  async function notJoined(
    { customerId, entryId, joinBefore }: JoinRequest,
    reason: WaitlistRefusal,
    other?: string,
  ): Promise<Joined> {
    await waitingLimits.leave({ customerId, entryId, barUntil: new Date(joinBefore) });
    return refused(reason, other);
  }

  /**
   * The entry is there. The seat counts it once more: a look that wakes up late may have read the seat when this person was
   * counted, and the queue before the entry was in it; what it would do then fails. Somebody has to look where the queue
   * was empty, where the seat did not know, or where the first try's result, which asked for it, may have been lost.
   */
  async function inQueue(entry: Place, countBefore: Date, isFirst?: boolean): Promise<Joined> {
    const waits = entry.status === 'WAITING';
    const lookNow =
      waits &&
      ((await seats.countAgain(countOf(entry, countBefore))) || (isFirst ?? (await entries.count(entry)) === 1));
    return { answer: { outcome: 'in_queue' }, lookNow };
  }

  /** What was counted by calls that were given up half way counts no longer once their time is over. */
  async function enterLimits(entry: EntryOfPerson & { enterBefore: Date }): ReturnType<WaitingLimits['enter']> {
    const entered = await waitingLimits.enter(entry);
    if (entered !== 'limit_reached') return entered;
    const active = await entries.activeOfPerson(entry.customerId);
    await waitingLimits.keep(entry.customerId, active);
    return waitingLimits.enter(entry);
  }

  /** Another attempt has put this person into the queue meanwhile: of this call, or of another one. */
  async function existing(seat: SeatOfEvent, request: JoinRequest, countBefore: Date): Promise<Joined> {
    const mine = await entries.find(request.entryId);
    if (mine) return inQueue(mine, countBefore);
    return notJoined(request, 'already_waiting', (await entries.activeOf(seat, request.customerId))?._id);
  }

  return async (seat: SeatOfEvent, request: JoinRequest): Promise<Joined> => {
    const { entryId, customerId } = request;
    const joinBefore = new Date(request.joinBefore);
    const countBefore = new Date(Date.now() + countPatienceMs);
    const known = await entries.find(entryId);
    if (known) return inQueue(known, countBefore);
    if (new Date() > joinBefore) return notJoined(request, 'too_late');
    const other = await entries.activeOf(seat, customerId);
    if (other)
      return other._id === entryId ? inQueue(other, countBefore) : notJoined(request, 'already_waiting', other._id);
    const ahead = await entries.count(seat);
    if (ahead >= limits.waitingPerSeat) return notJoined(request, 'waitlist_full');
    const entered = await enterLimits({ customerId, entryId, enterBefore: joinBefore });
    if (entered !== 'entered') return refused(entered === 'barred' ? 'too_late' : 'waiting_limit_reached');

    const queued = await seats.queue({ ...countOf({ _id: entryId, ...seat, attempt: 1 }, countBefore), customerId });
    if (queued.outcome !== 'queued') {
      // Another attempt has put this person into the queue, and this one comes late: nothing is taken back from that one.
      const mine = await entries.find(entryId);
      if (mine) return inQueue(mine, countBefore);
      if (queued.outcome === 'barred') return notJoined(request, 'too_late');
      return notJoined(request, queued.outcome === 'unknown_seat' ? 'seat_closed' : queued.outcome);
    }
    const position = ahead + 1;
    const entry = { _id: entryId, ...seat, customerId, seq: queued.seq };
    const inserted = await entries.insert(entry, `You joined the queue as ${ordinal(position)}.`, position);
    return inserted === 'inserted'
      ? inQueue({ ...entry, attempt: 1, status: 'WAITING' }, countBefore, ahead === 0)
      : existing(seat, request, countBefore);
  };
}
