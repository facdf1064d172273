import type { Connection } from 'mongoose';
import type { EventStatus } from '../../../lib/contracts/event.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { type Cancellation, comesFrom, type Event, type EventWork, eventModel } from './event.ts';

/** What a PATCH may set; a null takes an optional field away. */
export type EventChanges = Partial<
  Pick<
    Event,
    | 'title'
    | 'titleKey'
    | 'description'
    | 'venue'
    | 'city'
    | 'cityKey'
    | 'organizerName'
    | 'organizer'
    | 'organizerEventRef'
    | 'startsAt'
    | 'endsAt'
    | 'salesStartAt'
    | 'salesEndAt'
  >
> & {
  ownerId?: string | null;
  doorsAt?: Date | null;
  cancellableUntil?: Date | null;
  holdSeconds?: number | null;
  offerSeconds?: number | null;
};

/** What must hold of the event as it is changed, beside what the change itself asks for. */
export interface EventGuard {
  ownerId?: string;
  version?: number;
}

export type EventLedger = ReturnType<typeof createEventLedger>;

/**
 * The only code that changes an event. Each change is one compare-and-set and may be repeated (K-1).
 * What it returns is the event after the change, or null where the compare failed: read the event to tell why.
 */
export function createEventLedger(connection: Connection) {
  const events = eventModel(connection);
  const after = { returnDocument: 'after' } as const;
  const idle = { work: null };

  const find = (eventId: string): Promise<Event | null> => events.findById(eventId).lean<Event | null>();

  /** False: there is an event of that id, or one that sells the same event of the organizer's. */
  async function insert(event: Event): Promise<boolean> {
    try {
      await events.create(event);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** `ref_taken`: another event sells the one of the organizer's that this one is to sell. */
  async function change(eventId: string, version: number, changes: EventChanges): Promise<Event | 'ref_taken' | null> {
    const entries = Object.entries(changes);
    const set = Object.fromEntries(entries.filter(([, value]) => value !== null));
    const unset = Object.fromEntries(entries.filter(([, value]) => value === null).map(([name]) => [name, 1]));
    try {
      return await events
        .findOneAndUpdate({ _id: eventId, version, ...idle }, { $set: set, $unset: unset, $inc: { version: 1 } }, after)
        .lean<Event | null>();
    } catch (error) {
      if (isDuplicateKey(error)) return 'ref_taken';
      throw error;
    }
  }

  /** Draft → published, published → ended. */
  const move = (eventId: string, to: EventStatus, guard: EventGuard = {}): Promise<Event | null> =>
    events
      .findOneAndUpdate(
        { _id: eventId, ...guard, status: { $in: comesFrom(to) }, ...idle },
        { $set: { status: to }, $inc: { version: 1 } },
        after,
      )
      .lean<Event | null>();

  /** Takes the event for one piece of work on its seats; nobody else begins one until it ends. */
  const beginWork = (
    eventId: string,
    work: EventWork,
    { from, guard, cancellation }: { from: readonly EventStatus[]; guard?: EventGuard; cancellation?: Cancellation },
  ): Promise<Event | null> =>
    events
      .findOneAndUpdate(
        { _id: eventId, ...guard, status: { $in: from }, ...idle },
        {
          $set: { work, ...(cancellation && { cancellation }) },
          ...(work.kind === 'import' && { $inc: { imports: 1 } }),
        },
        after,
      )
      .lean<Event | null>();

  const atWork = (eventId: string, workId: string) => ({ _id: eventId, 'work.id': workId });

  /** Ends a piece of work that changes no status. A repeat changes nothing. */
  async function endWork(eventId: string, workId: string): Promise<void> {
    await events.updateOne(atWork(eventId, workId), { $unset: { work: 1 } });
  }

  /** Writes down how far a cancellation is. */
  async function tellCancellation(eventId: string, workId: string, counts: Cancellation['bookings']): Promise<void> {
    await events.updateOne(atWork(eventId, workId), { $set: { 'cancellation.bookings': counts } });
  }

  /** A booking that a cancellation leaves as it is. Once only, however often it is said. */
  async function addUsedTicket(eventId: string, workId: string, bookingId: string): Promise<void> {
    await events.updateOne(atWork(eventId, workId), { $addToSet: { 'cancellation.usedTickets': bookingId } });
  }

  /** Draft or published → cancelled, which ends the work. A repeat changes nothing. */
  async function finishCancellation(eventId: string, workId: string): Promise<void> {
    await events.updateOne(
      { ...atWork(eventId, workId), status: { $in: comesFrom('cancelled') } },
      {
        $set: { status: 'cancelled', 'cancellation.finishedAt': new Date() },
        $inc: { version: 1 },
        $unset: { work: 1 },
      },
    );
  }

  /** Removes an event that has been taken for it. */
  async function remove(eventId: string, workId: string): Promise<void> {
    await events.deleteOne({ _id: eventId, 'work.id': workId });
  }

  /** Says that the prices are to be read again, by whoever of those who say so is the last. False: there is no such event. */
  async function beginRepricing(eventId: string, mark: { id: string; at: Date }): Promise<boolean> {
    const { matchedCount } = await events.updateOne({ _id: eventId }, { $set: { repricing: mark } });
    return matchedCount === 1;
  }

  /** Stores prices that were read after that mark was set, unless a later one was set since. */
  async function reprice(
    eventId: string,
    markId: string,
    prices: Pick<Event, 'prices' | 'lowestPrice' | 'highestPrice'>,
  ): Promise<void> {
    await events.updateOne({ _id: eventId, 'repricing.id': markId }, { $set: prices, $unset: { repricing: 1 } });
  }

  /** Events whose prices were to be read again before that instant. */
  const unpriced = (before: Date, limit: number): Promise<Array<Pick<Event, '_id'>>> =>
    events
      .find({ 'repricing.at': { $lt: before } }, { _id: 1 })
      .sort({ 'repricing.at': 1 })
      .limit(limit)
      .lean<Array<Pick<Event, '_id'>>>();

  /** Events whose work was begun before that instant, oldest first: what a killed process left. */
  const unfinished = (before: Date, limit: number): Promise<Event[]> =>
    events
      .find({ 'work.at': { $lt: before } })
      .sort({ 'work.at': 1 })
      .limit(limit)
      .lean<Event[]>();

  /** Ends what is over. Returns how many. */
  async function endPast(now: Date): Promise<number> {
    const over = { status: 'published' as const, startsAt: { $lt: now }, endsAt: { $lt: now }, ...idle };
    const { modifiedCount } = await events.updateMany(over, { $set: { status: 'ended' }, $inc: { version: 1 } });
    return modifiedCount;
  }

  return {
    find,
    insert,
    change,
    move,
    beginWork,
    endWork,
    tellCancellation,
    addUsedTicket,
    finishCancellation,
    remove,
    beginRepricing,
    reprice,
    unpriced,
    unfinished,
    endPast,
  };
}
