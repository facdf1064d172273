import type { Connection } from 'mongoose';
import type { WaitlistEntryView } from '../../../lib/contracts/waitlist.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { afterNewestFirst, decodeCursor, encodeCursor, type Position, scopeOf } from '../../../lib/mongo/cursor.ts';
import { isSame } from '../../../lib/mongo/same.ts';
import { type Leased, leasesOn } from '../../../lib/outbox/leases.ts';
import type { Check } from './booking.ts';
import { nextEntryCheck } from './next-check.ts';
import {
  type EntryStatus,
  entryToldBy,
  historyToldBy,
  type WaitlistEntry,
  waitlistEntrySchema,
} from './waitlist-entry.ts';

export interface RequestedEntry {
  entryId: string;
  customerId: string;
  eventId: string;
  seatId: string;
  joinBefore: Date;
}

export interface EntriesQuery {
  customerId: string;
  status?: EntryStatus;
  active?: boolean;
  cursor?: string;
  limit: number;
}

/** No attempt to join that still lives stands still for longer: its worker gives it up after 5 s, and its writes soon after. */
const lateJoinMs = 120_000;

/** What client-app wrote alone: nothing was heard of ticket-app yet. */
const unanswered = { status: 'REQUESTED', version: 0 } as const;
const onlyCall = { repeated: { $ne: true } } as const;

/** Of one version, the longer history is the newer one: it also tells of people who were before this one. */
const hasNotEntry = (index: number) => ({ [`history.${index}`]: { $exists: false } });

export type WaitlistEntries = ReturnType<typeof waitlistEntriesIn>;

/**
 * The only writer of `waitlist_entries`: the projection of ticket-app's entries, and what client-app alone knows before
 * it has an answer (REQUESTED) or when there will be none (NOT_JOINED), both with version 0.
 */
export function waitlistEntriesIn(connection: Connection) {
  const model = connection.model<WaitlistEntry>('WaitlistEntry', waitlistEntrySchema, 'waitlist_entries');
  const find = (entryId: string) => model.findOne({ _id: entryId }).lean<WaitlistEntry>();

  /** From here on no single call can say that nothing was begun. Null: it has an answer by now, or was taken away. */
  const noteRepeat = (entryId: string) =>
    model
      .findOneAndUpdate({ _id: entryId, ...unanswered }, { $set: { repeated: true } }, { returnDocument: 'after' })
      .lean<WaitlistEntry>();

  /** The entry as it now stands: stored as REQUESTED, unless it is there already. */
  async function request(wanted: RequestedEntry): Promise<{ entry: WaitlistEntry; isNew: boolean }> {
    const now = new Date();
    const { entryId, ...rest } = wanted;
    const entry: WaitlistEntry = {
      _id: entryId,
      ...rest,
      ...unanswered,
      history: [{ at: now, step: 'requested', text: 'You asked to queue for this seat.' }],
      createdAt: now,
      active: true,
      check: {
        nextAttemptAt: nextEntryCheck({ ...unanswered, joinBefore: wanted.joinBefore }, 0, now) ?? now,
        tries: 0,
      },
      updatedAt: now,
    };
    try {
      await model.create(entry);
      return { entry, isNew: true };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    const known = (await noteRepeat(entryId)) ?? (await find(entryId));
    // Taken away between the lines (a refused call): it is new again.
    return known ? { entry: known, isNew: false } : request(wanted);
  }

  /** Stores what ticket-app tells, if that is news: a higher version than the stored one, or its first word at all (K-5). */
  async function apply(view: WaitlistEntryView): Promise<'applied' | 'known'> {
    const now = new Date();
    const told = entryToldBy(view);
    const nextAttemptAt = nextEntryCheck(told, 0, now);
    const fields = Object.entries({ ...told, check: nextAttemptAt && { nextAttemptAt, tries: 0 } });
    try {
      await model.updateOne(
        { _id: view.entryId, $or: [{ version: { $lt: view.version } }, { version: 0 }] },
        {
          $set: { ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)), updatedAt: now },
          $unset: Object.fromEntries(fields.filter(([, value]) => value === undefined).map(([name]) => [name, 1])),
          $setOnInsert: { customerId: view.customerId, createdAt: new Date(view.joinedAt) },
        },
        { upsert: true, setDefaultsOnInsert: false },
      );
      return 'applied';
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    // It is there: with this version or a higher one, or because another notification inserted it just now.
    const present = await find(view.entryId);
    if (!present || present.version < view.version) return apply(view);
    if (view.history.length > present.history.length) {
      await model.updateOne(
        { _id: view.entryId, version: view.version, ...hasNotEntry(view.history.length - 1) },
        { $set: { history: historyToldBy(view), updatedAt: now } },
      );
    }
    return 'known';
  }

  /** The same also where it is no news, should the stored entry differ from it: how a damaged one is mended. */
  async function reapply(view: WaitlistEntryView): Promise<'changed' | 'same' | 'newer'> {
    const present = await find(view.entryId);
    if (!present || present.version < view.version || present.version === 0) {
      await apply(view);
      return 'changed';
    }
    if (present.version > view.version || present.history.length > view.history.length) return 'newer';
    const told = entryToldBy(view);
    const differs = Object.entries(told).filter(([name, value]) => !isSame(value, present[name as keyof typeof told]));
    if (differs.length === 0) return 'same';
    await model.updateOne(
      { _id: view.entryId, version: view.version },
      {
        $set: { ...Object.fromEntries(differs.filter(([, value]) => value !== undefined)), updatedAt: new Date() },
        $unset: Object.fromEntries(differs.filter(([, value]) => value === undefined).map(([name]) => [name, 1])),
      },
    );
    return 'changed';
  }

  /**
   * REQUESTED → NOT_JOINED: ticket-app knows of nobody who was put into the queue. What it tells all the same wins; and it
   * is asked once more, for an attempt that stood still beyond its time may have put somebody in after that.
   */
  async function endAsNotJoined(entryId: string): Promise<void> {
    const now = new Date();
    const check: Check = { nextAttemptAt: new Date(now.getTime() + lateJoinMs), tries: 0 };
    const text = 'You could not be put into the queue in time. Nothing was done; try again.';
    await model.updateOne(
      { _id: entryId, ...unanswered },
      {
        $set: { status: 'NOT_JOINED', active: false, updatedAt: now, check },
        $push: { history: { at: now, step: 'not_joined', text } },
      },
    );
  }

  /** Takes away an entry that was refused: it never was one. */
  async function forget(entryId: string): Promise<boolean> {
    const { deletedCount } = await model.deleteOne({ _id: entryId, ...unanswered, ...onlyCall });
    return deletedCount === 1;
  }

  /** Has ticket-app asked about an offered entry by then: its booking has ended, so its own end is to be heard of. */
  const expectNews = (entryId: string, by: Date) =>
    model.updateOne({ _id: entryId, status: 'OFFERED' }, { $min: { 'check.nextAttemptAt': by } });

  /** Ends a check that brought no news: at the next time, or for good where nothing more can come. News ends it itself. */
  async function endCheck({ document, leaseId }: Leased<WaitlistEntry>): Promise<void> {
    const present = await find(document._id);
    if (present?.check?.leaseId !== leaseId) return;
    const tries = present.check.tries + 1;
    const nextAttemptAt = nextEntryCheck(present, tries);
    await model.updateOne(
      { _id: present._id, 'check.leaseId': leaseId },
      nextAttemptAt ? { $set: { check: { nextAttemptAt, tries } } } : { $unset: { check: 1 } },
    );
  }

  /** A page of a person's entries: the active ones first, each kind newest first. Throws 400 `invalid_cursor`. */
  async function page({ customerId, status, active, cursor, limit }: EntriesQuery) {
    const scope = scopeOf({ customerId, status, active });
    const rows = await model
      .find({
        $and: [
          { customerId, ...(status && { status }), ...(active !== undefined && { active }) },
          cursor === undefined ? {} : afterCursor(cursor, scope),
        ],
      })
      .sort({ active: -1, createdAt: -1, _id: -1 })
      .limit(limit + 1)
      .lean<WaitlistEntry[]>();
    const last = rows[limit - 1];
    return { rows: rows.slice(0, limit), ...(rows.length > limit && last && { nextCursor: cursorAt(last, scope) }) };
  }

  return {
    find,
    request,
    apply,
    reapply,
    endAsNotJoined,
    forget,
    expectNews,
    endCheck,
    page,

    /** All the places that a person has, or has asked for. */
    activeOf: (customerId: string) => model.find({ customerId, active: true }).lean<WaitlistEntry[]>(),

    /** Entries to ask ticket-app about, each leased to one process at a time. */
    dueChecks: leasesOn<WaitlistEntry>({ collection: model.collection, path: 'check' }),
  };
}

/** A cursor of this list also says in which of its two parts the page ended. */
function cursorAt({ active, createdAt, _id }: WaitlistEntry, scope: string): string {
  return `${active ? 'a' : 'e'}.${encodeCursor({ at: createdAt, id: _id }, scope)}`;
}

function afterCursor(cursor: string, scope: string): Record<string, unknown> {
  const [, part, rest = ''] = /^([ae])\.(.*)$/.exec(cursor) ?? [];
  const position: Position = decodeCursor(rest, 'date', scope);
  const after = afterNewestFirst('createdAt', position);
  return part === 'a' ? { $or: [{ active: false }, { active: true, ...after }] } : { active: false, ...after };
}
