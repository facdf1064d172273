import type { Connection } from 'mongoose';
import type { WaitlistStatus, WaitlistWebhook } from '../../../lib/contracts/waitlist.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { leasesOn } from '../../../lib/outbox/leases.ts';
import { offerOf, orderOfQueue, type WaitlistEntry, type WaitlistNews, waitlistEntryModel } from './waitlist-entry.ts';

/*
 * The only code that changes an entry of a waitlist; of it only the waitlist's own workflow changes states, one at a time
 * for each seat. Each change is one compare-and-set that adds 1 to `version` and appends what client-app must be told.
 *
 *   WAITING → OFFERED           the seat was offered: a booking of this person is made
 *   OFFERED → WAITING           that booking failed through no fault of the person; same place, next attempt
 *   OFFERED → FULFILLED | LAPSED | DECLINED | CLOSED
 *   WAITING → LEFT | CLOSED
 */
const changes = {
  OFFERED: { from: ['WAITING'], tells: 'waitlist.offered' },
  WAITING: { from: ['OFFERED'], tells: 'waitlist.requeued' },
  FULFILLED: { from: ['OFFERED'], tells: 'waitlist.fulfilled' },
  LAPSED: { from: ['OFFERED'], tells: 'waitlist.passed' },
  DECLINED: { from: ['OFFERED'], tells: 'waitlist.passed' },
  LEFT: { from: ['WAITING'], tells: 'waitlist.left' },
  CLOSED: { from: ['WAITING', 'OFFERED'], tells: 'waitlist.closed' },
} as const satisfies Record<WaitlistStatus, { from: readonly WaitlistStatus[]; tells: WaitlistWebhook['type'] }>;

/** Of an entry whose offers fail for days the oldest steps are forgotten: a webhook has to fit into a request. */
const historyLength = 200;

type Queue = Pick<WaitlistEntry, 'eventId' | 'seatId'>;
export type NewEntry = Pick<WaitlistEntry, '_id' | 'eventId' | 'seatId' | 'customerId' | 'seq'>;
/** How an entry ends. */
export type EndOfEntry = Exclude<WaitlistStatus, 'WAITING' | 'OFFERED'>;

export type WaitlistLedger = ReturnType<typeof createWaitlistLedger>;

export function createWaitlistLedger(connection: Connection) {
  const entries = waitlistEntryModel(connection);
  const active = ({ eventId, seatId }: Queue) => ({ eventId, seatId, active: true });

  const find = (entryId: string): Promise<WaitlistEntry | null> =>
    entries.findById(entryId).lean<WaitlistEntry | null>();

  /** `duplicate`: the entry is there, or the person has another active one for this seat. */
  async function insert(entry: NewEntry, text: string, position: number): Promise<'inserted' | 'duplicate'> {
    const now = new Date();
    const fresh = { attempt: 1, status: 'WAITING', active: true, version: 1 } as const;
    const history = [{ at: now, step: 'joined', text, position }];
    try {
      await entries.create({ ...entry, ...fresh, news: [], history, joinedAt: now, changedAt: now });
      return 'inserted';
    } catch (error) {
      if (isDuplicateKey(error)) return 'duplicate';
      throw error;
    }
  }

  /** Undefined: it is not in a state, or no longer at the attempt, from which this can be; or `before` has passed (K-2). */
  async function change(
    entry: Pick<WaitlistEntry, '_id' | 'attempt' | 'version'>,
    to: WaitlistStatus,
    text: string,
    fields: Partial<Pick<WaitlistEntry, 'bookingId' | 'notBefore' | 'attempt'>> = {},
    before?: Date,
  ): Promise<WaitlistEntry | undefined> {
    const now = new Date();
    const { from, tells } = changes[to];
    const isActive = to === 'WAITING' || to === 'OFFERED';
    // One news a version, so the number names it; sent again it keeps its name.
    const webhookId = `${entry._id}.${entry.version + 1}.${tells}`;
    const news: WaitlistNews = { webhookId, type: tells, createdAt: now, tries: 0, nextAttemptAt: now };
    const step = to === 'WAITING' ? 'requeued' : to.toLowerCase();
    const changed = await entries
      .findOneAndUpdate(
        {
          _id: entry._id,
          status: { $in: [...from] },
          attempt: entry.attempt,
          version: entry.version,
          ...(before && { $expr: { $lt: ['$$NOW', before] } }),
        },
        {
          $set: { status: to, active: isActive, changedAt: now, ...(!isActive && { endedAt: now }), ...fields },
          $push: { history: { $each: [{ at: now, step, text }], $slice: -historyLength }, news },
          $inc: { version: 1 },
        },
        { returnDocument: 'after' },
      )
      .lean<WaitlistEntry | null>();
    return changed ?? undefined;
  }

  return {
    find,
    insert,

    /** WAITING → OFFERED, by the booking of its present attempt. */
    offered: (entry: WaitlistEntry, text: string) => change(entry, 'OFFERED', text, { bookingId: offerOf(entry) }),
    /** OFFERED → WAITING, at its place, with another attempt that is not made before that instant. */
    requeue: (entry: WaitlistEntry, text: string, notBefore: Date) =>
      change(entry, 'WAITING', text, { attempt: entry.attempt + 1, notBefore }),
    end: (entry: WaitlistEntry, to: EndOfEntry, text: string, before?: Date) => change(entry, to, text, {}, before),

    /** The entry that waits although the seat is held by the booking of its present offer. */
    async waitingFor(bookingId: string): Promise<WaitlistEntry | undefined> {
      const entry = await find(bookingId.slice(0, bookingId.lastIndexOf('-')));
      return entry?.status === 'WAITING' && offerOf(entry) === bookingId ? entry : undefined;
    },
    count: (queue: Queue): Promise<number> => entries.countDocuments(active(queue)).hint(orderOfQueue),
    activeOf: (queue: Queue, customerId: string): Promise<WaitlistEntry | null> =>
      entries.findOne({ ...active(queue), customerId }).lean<WaitlistEntry | null>(),
    /** The ids of a person's active entries. */
    async activeOfPerson(customerId: string): Promise<string[]> {
      const found = await entries.find({ customerId, active: true }).select({ _id: 1 }).lean<{ _id: string }[]>();
      return found.map(({ _id }) => _id);
    },
    /** Who is offered the seat now. More than one only where a crash left it so. */
    offers: (queue: Queue): Promise<WaitlistEntry[]> =>
      entries
        .find({ eventId: queue.eventId, seatId: queue.seatId, status: 'OFFERED' })
        .sort({ seq: 1 })
        .lean<WaitlistEntry[]>(),
    /** Those who wait, first come first. */
    waiting: (queue: Queue, limit: number): Promise<WaitlistEntry[]> =>
      entries
        .find({ ...active(queue), status: 'WAITING' })
        .sort({ seq: 1 })
        .limit(limit)
        .lean<WaitlistEntry[]>(),

    /** News to deliver, each leased to one process at a time. */
    dueNews: leasesOn<WaitlistEntry>({ collection: entries.collection, path: 'news', list: true }),
    /** It was delivered, or is given up: `webhook_deliveries` tells of it. */
    async endNews(entryId: string, webhookId: string): Promise<void> {
      await entries.updateOne({ _id: entryId }, { $pull: { news: { webhookId } } });
    },
    async postponeNews(entryId: string, { webhookId, leaseId }: WaitlistNews, nextAttemptAt: Date): Promise<void> {
      await entries.updateOne(
        { _id: entryId, news: { $elemMatch: { webhookId, leaseId } } },
        {
          $inc: { 'news.$.tries': 1 },
          $set: { 'news.$.nextAttemptAt': nextAttemptAt },
          $unset: { 'news.$.leasedUntil': 1, 'news.$.leaseId': 1 },
        },
      );
    },
  };
}
