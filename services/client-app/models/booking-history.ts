import type { Connection } from 'mongoose';
import { type BookingView, type FailureReason, textOfReason } from '../../../lib/contracts/booking.ts';
import { bookingNumber } from '../../../lib/contracts/booking-number.ts';
import { isDuplicateKey } from '../../../lib/mongo/connection.ts';
import { isSame } from '../../../lib/mongo/same.ts';
import { type Leased, leasesOn } from '../../../lib/outbox/leases.ts';
import { type Booking, bookingSchema, type Check, type TicketFile, toldBy } from './booking.ts';
import { bookingListsOf } from './booking-lists.ts';
import { checkAfterNoNews, nextCheck } from './next-check.ts';

export interface RequestedBooking {
  bookingId: string;
  customerId: string;
  eventId: string;
  seatIds: string[];
  startBefore: Date;
}

/** What is known of a refusal at ticket-app's door. */
interface Refusal {
  refusedSeatIds?: string[] | undefined;
  canQueue?: boolean | undefined;
  askOnce?: boolean;
}

/** What client-app wrote alone: nothing was heard of ticket-app yet. */
const unanswered = { status: 'REQUESTED', version: 0 } as const;
const onlyCall = { repeated: { $ne: true } } as const;

export type BookingHistory = ReturnType<typeof bookingHistoryIn>;

/**
 * The only writer of `bookings`: the projection of ticket-app's bookings, and what client-app alone knows
 * before it has an answer (REQUESTED) or when there will be none (FAILED), both with version 0.
 */
export function bookingHistoryIn(connection: Connection) {
  const model = connection.model<Booking>('Booking', bookingSchema, 'bookings');
  const find = (bookingId: string) => model.findOne({ _id: bookingId }).lean<Booking>();

  /** From here on no single call can say that nothing was begun. Null: it has an answer by now, or was taken away. */
  const noteRepeat = (bookingId: string) =>
    model
      .findOneAndUpdate({ _id: bookingId, ...unanswered }, { $set: { repeated: true } }, { returnDocument: 'after' })
      .lean<Booking>();

  /** The booking as it now stands: stored as REQUESTED, unless it is there already. */
  async function request(wanted: RequestedBooking): Promise<{ booking: Booking; isNew: boolean }> {
    const now = new Date();
    const timeline = [{ at: now, step: 'requested', text: 'Booking requested.' }];
    const { bookingId, ...rest } = wanted;
    const booking: Booking = {
      _id: bookingId,
      bookingNumber: bookingNumber(bookingId),
      ...rest,
      ...unanswered,
      timeline,
      createdAt: now,
      updatedAt: now,
      ticketFile: null,
      ...clockOf(nextCheck({ ...unanswered, startBefore: wanted.startBefore })),
    };
    try {
      await model.create(booking);
      return { booking, isNew: true };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    const known = (await noteRepeat(bookingId)) ?? (await find(bookingId));
    // Taken away between the lines (a refused call): it is new again.
    return known ? { booking: known, isNew: false } : request(wanted);
  }

  /** Stores what ticket-app tells, if that is news: a higher version than the stored one, or its first word at all (K-5). */
  async function apply(view: BookingView): Promise<'applied' | 'known'> {
    const now = new Date();
    const told = toldBy(view);
    const fields = Object.entries({ check: undefined, ...told, ...clockOf(nextCheck(told, now)) });
    try {
      await model.updateOne(
        { _id: view.bookingId, $or: [{ version: { $lt: view.version } }, { version: 0 }] },
        {
          $set: {
            ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)),
            updatedAt: now,
          },
          $unset: Object.fromEntries(fields.filter(([, value]) => value === undefined).map(([name]) => [name, 1])),
          $setOnInsert: { customerId: view.customerId, createdAt: new Date(view.createdAt), ticketFile: null },
        },
        { upsert: true, setDefaultsOnInsert: false },
      );
      return 'applied';
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    // It is there: with this version or a higher one, or because another notification inserted it just now.
    const present = await find(view.bookingId);
    return present && present.version >= view.version ? 'known' : apply(view);
  }

  /**
   * Stores what ticket-app tells also where it is no news, should the row differ from it: it is a projection, and this is
   * how one that was damaged is mended. `newer`: a higher version is stored.
   */
  async function reapply(view: BookingView): Promise<'changed' | 'same' | 'newer'> {
    const present = await find(view.bookingId);
    if (!present || present.version < view.version || present.version === 0) {
      await apply(view);
      return 'changed';
    }
    if (present.version > view.version) return 'newer';
    const told = toldBy(view);
    const differs = Object.entries(told).filter(([name, value]) => !isSame(value, present[name as keyof typeof told]));
    if (differs.length === 0) return 'same';
    const [kept, gone] = [
      differs.filter(([, value]) => value !== undefined),
      differs.filter(([, value]) => value === undefined),
    ];
    await model.updateOne(
      { _id: view.bookingId, version: view.version },
      {
        $set: {
          ...Object.fromEntries(kept),
          ...clockOf(nextCheck({ ...told, ticketFile: present.ticketFile })),
          updatedAt: new Date(),
        },
        $unset: Object.fromEntries(gone.map(([name]) => [name, 1])),
      },
    );
    return 'changed';
  }

  /**
   * REQUESTED → FAILED, where ticket-app started nothing and says so; anything it told before or tells later wins.
   * `askOnce`: an earlier call may have started it all the same, so ticket-app is asked once more when that is over.
   */
  async function fail(
    bookingId: string,
    reason: FailureReason,
    { refusedSeatIds, canQueue, askOnce = false }: Refusal = {},
  ): Promise<void> {
    const now = new Date();
    const { matchedCount } = await model.updateOne(
      { _id: bookingId, ...unanswered, ...(!askOnce && onlyCall) },
      {
        $set: {
          status: 'FAILED',
          reason,
          updatedAt: now,
          ...(refusedSeatIds && { refusedSeatIds }),
          ...(canQueue !== undefined && { canQueue }),
        },
        $push: { timeline: { at: now, step: 'failed', text: textOfReason[reason] } },
        ...(!askOnce && { $unset: { check: 1 } }),
      },
    );
    // Another call, made beside this one, may have begun it.
    if (matchedCount === 0 && !askOnce) {
      await fail(bookingId, reason, { refusedSeatIds, canQueue, askOnce: true });
    }
  }

  /** Keeps what ticket-app says beside a booking that failed because its seat was taken: whether one can queue for it. */
  const noteCanQueue = (bookingId: string, canQueue: boolean) =>
    model.updateOne({ _id: bookingId, reason: 'seat_taken' }, { $set: { canQueue } });

  /** Leaves a failed try out of lists: another one of the same call took its place. */
  const supersede = (bookingId: string) =>
    model.updateOne({ _id: bookingId, status: 'FAILED' }, { $set: { superseded: true } });

  /** Takes away a booking whose only call began nothing. False: there is another call, or an answer; it stays. */
  async function forget(bookingId: string): Promise<boolean> {
    const { deletedCount } = await model.deleteOne({ _id: bookingId, ...unanswered, ...onlyCall });
    return deletedCount === 1;
  }

  /**
   * Records the ticket's file unless this ticket has one, and looks after it no sooner than any ticket. False: another
   * delivery was first, or the booking is another one by now.
   */
  async function keepTicketFile(
    booking: Pick<Booking, '_id' | 'event' | 'ticket'>,
    file: TicketFile,
  ): Promise<boolean> {
    const { _id, event, ticket } = booking;
    const clock = clockOf(nextCheck({ status: 'CONFIRMED', event, ticket, ticketFile: file }));
    const { matchedCount } = await model.updateOne(
      { _id, status: 'CONFIRMED', 'ticket.sha256': file.sha256, 'ticketFile.sha256': { $ne: file.sha256 } },
      { $set: { ticketFile: file, updatedAt: new Date(), ...clock }, ...(!clock.check && { $unset: { check: 1 } }) },
    );
    return matchedCount === 1;
  }

  /** A file that is lost, unless another one has taken its place. From here on the booking looks for its ticket again. */
  async function forgetTicketFile(bookingId: string, { fileId }: Pick<TicketFile, 'fileId'>): Promise<void> {
    const check: Check = { nextAttemptAt: new Date(), tries: 0 };
    await model.updateOne({ _id: bookingId, 'ticketFile.fileId': fileId }, { $set: { ticketFile: null, check } });
  }

  return {
    find,
    request,
    apply,
    reapply,
    fail,
    noteCanQueue,
    supersede,
    forget,
    keepTicketFile,
    forgetTicketFile,

    ...bookingListsOf(model),

    /** Bookings to ask ticket-app about, each leased to one process at a time. */
    dueChecks: leasesOn<Booking>({ collection: model.collection, path: 'check' }),

    /** Ends a check that brought no news: at the next time, or for good where nothing more can come. News ends it itself. */
    async endCheck({ document, leaseId }: Leased<Booking>): Promise<void> {
      const present = await find(document._id);
      if (present?.check?.leaseId !== leaseId) return;
      const tries = present.check.tries + 1;
      const nextAttemptAt = checkAfterNoNews(present, tries);
      await model.updateOne(
        { _id: present._id, 'check.leaseId': leaseId },
        nextAttemptAt ? { $set: { check: { nextAttemptAt, tries } } } : { $unset: { check: 1 } },
      );
    },
  };
}

const clockOf = (at: Date | undefined): { check?: Check } => (at ? { check: { nextAttemptAt: at, tries: 0 } } : {});
