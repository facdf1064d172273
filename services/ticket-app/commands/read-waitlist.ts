import type { Connection } from 'mongoose';
import { limits } from '../../../lib/contracts/limits.ts';
import type { SeatStatus } from '../../../lib/contracts/seat.ts';
import type { SeatOfEvent } from '../models/seat-handover.ts';
import { createSeatLedger } from '../models/seat-ledger.ts';
import { endsOfQueue, orderOfQueue, type WaitlistEntry, waitlistEntryModel } from '../models/waitlist-entry.ts';

export interface EntryInQueue {
  entry: WaitlistEntry;
  /** Active entries before it, plus 1; only of an active one. */
  position?: number;
}

/** Somebody before one in a queue, and what happened to them. */
export type InFront = Pick<WaitlistEntry, 'seq' | 'history'>;

export type EntryWithStory = EntryInQueue & {
  /** Who was before it at any time since it joined, first come first; of those who only wait, no history. */
  before: InFront[];
};

export type ReadWaitlist = ReturnType<typeof createReadWaitlist>;

/** What may be read of queues: from the documents, never from Temporal. */
export function createReadWaitlist(connection: Connection) {
  const entries = waitlistEntryModel(connection);
  const seats = createSeatLedger(connection);

  async function inQueue(entry: WaitlistEntry): Promise<EntryInQueue> {
    if (!entry.active) return { entry };
    const { eventId, seatId, seq } = entry;
    const before = { eventId, seatId, active: true, seq: { $lt: seq } };
    const ahead = await entries.countDocuments(before).hint(orderOfQueue);
    return { entry, position: ahead + 1 };
  }

  return {
    /** The entry and its place: reads no other entry, however many are before it. */
    async place(entryId: string): Promise<EntryInQueue | undefined> {
      const entry = await entries.findById(entryId).lean<WaitlistEntry | null>();
      return entry ? inQueue(entry) : undefined;
    },

    /** With what is needed to tell why it did, or did not, get the seat: those who only wait before it are not read. */
    async one(entryId: string): Promise<EntryWithStory | undefined> {
      const entry = await entries.findById(entryId).lean<WaitlistEntry | null>();
      if (!entry) return undefined;
      const { eventId, seatId, seq, joinedAt, endedAt } = entry;
      const ahead = { eventId, seatId, seq: { $lt: seq } };
      const during = { $gte: joinedAt, ...(endedAt && { $lte: endedAt }) };
      // Those who ended are read last: nobody who ends meanwhile is in neither. Nobody who ended before is read.
      const active = await entries
        .find({ ...ahead, active: true })
        .select({ _id: 0, seq: 1, attempt: 1, status: 1 })
        .hint(orderOfQueue)
        .limit(limits.waitingPerSeat)
        .lean<Pick<WaitlistEntry, 'seq' | 'attempt' | 'status'>[]>();
      const offered = active.filter(({ attempt, status }) => attempt > 1 || status === 'OFFERED').map((one) => one.seq);
      const those = entries.find({ eventId, seatId, active: true, seq: { $in: offered } }).hint(orderOfQueue);
      const moved = offered.length > 0 ? await those.lean<WaitlistEntry[]>() : [];
      const ended = await entries
        .find({ ...ahead, endedAt: during })
        .hint(endsOfQueue)
        .limit(limits.waitingPerSeat)
        .lean<WaitlistEntry[]>();
      const waiting = active.map((one): InFront => ({ seq: one.seq, history: [] }));
      const bySeq = new Map([...waiting, ...moved, ...ended].map((one) => [one.seq, one]));
      const before = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
      const position = before.length - ended.length + 1;
      return { entry, ...(entry.active && { position }), before };
    },

    /** A person's active entries, which are few (`limits.waitingPerPerson`), newest first. */
    async activeOfPerson(customerId: string): Promise<EntryInQueue[]> {
      const found = await entries
        .find({ customerId, active: true })
        .sort({ joinedAt: -1, _id: -1 })
        .limit(limits.waitingPerPerson)
        .lean<WaitlistEntry[]>();
      return Promise.all(found.map(inQueue));
    },

    /** The whole queue of a seat, first come first; undefined if there is no such seat. */
    async queue({
      eventId,
      seatId,
    }: SeatOfEvent): Promise<{ status: SeatStatus; entries: EntryInQueue[] } | undefined> {
      const seat = await seats.find({ eventId, seatId });
      if (!seat) return undefined;
      const found = await entries
        .find({ eventId, seatId, active: true })
        .sort({ seq: 1 })
        .limit(limits.waitingPerSeat)
        .lean<WaitlistEntry[]>();
      return { status: seat.status, entries: found.map((entry, index) => ({ entry, position: index + 1 })) };
    },
  };
}
