import { type Connection, type Model, Schema } from 'mongoose';
import type { WaitlistStatus, WaitlistWebhook } from '../../../lib/contracts/waitlist.ts';
import type { LeaseFields } from '../../../lib/outbox/leases.ts';

/** What client-app has to be told of an entry: kept from the change that made it true until it is delivered. */
export interface WaitlistNews extends LeaseFields {
  webhookId: string;
  type: WaitlistWebhook['type'];
  createdAt: Date;
  tries: number;
}

/**
 * The index that holds what is asked of a whole queue: how many there are, and who of them was ever offered the seat. Counts and
 * stories of a queue name their index: a trial of another one, or a plan remembered from when the queue was short, reads all who wait.
 */
export const orderOfQueue = { eventId: 1, seatId: 1, active: 1, seq: 1, attempt: 1, status: 1 } as const;
/** Those who have left it, by when. */
export const endsOfQueue = { eventId: 1, seatId: 1, endedAt: 1 } as const;

/** One person's place in the queue of one seat. Only `waitlist-ledger.ts` writes it. */
export interface WaitlistEntry {
  _id: string;
  eventId: string;
  seatId: string;
  customerId: string;
  /** The order of the queue: the seat's `waitSeq` as the join raised it. */
  seq: number;
  /** Counts offers: the booking of the present one is `<entryId>-<attempt>`. */
  attempt: number;
  status: WaitlistStatus;
  /** WAITING or OFFERED. One active entry a person and seat: a unique index. */
  active: boolean;
  version: number;
  /** The booking by which the seat was offered last. */
  bookingId?: string;
  /** No offer before it: the last one failed through no fault of the person. */
  notBefore?: Date;
  history: Array<{ at: Date; step: string; text: string; position?: number }>;
  news: WaitlistNews[];
  joinedAt: Date;
  changedAt: Date;
  endedAt?: Date;
}

const text = { type: String, required: true } as const;
const instant = { type: Date, required: true } as const;
const count = { type: Number, required: true } as const;

const schema = new Schema<WaitlistEntry>({
  _id: text,
  eventId: text,
  seatId: text,
  customerId: text,
  seq: count,
  attempt: count,
  status: text,
  active: { type: Boolean, required: true },
  version: count,
  bookingId: String,
  notBefore: Date,
  history: [new Schema({ at: instant, step: text, text, position: Number }, { _id: false })],
  news: [
    new Schema(
      {
        webhookId: text,
        type: text,
        createdAt: instant,
        tries: count,
        nextAttemptAt: Date,
        leasedUntil: Date,
        leaseId: String,
      },
      { _id: false },
    ),
  ],
  joinedAt: instant,
  changedAt: instant,
  endedAt: Date,
});

/** The booking by which an entry's present offer is made. */
export const offerOf = ({ _id, attempt }: Pick<WaitlistEntry, '_id' | 'attempt'>): string => `${_id}-${attempt}`;

/** For reading. Whatever changes an entry goes through the ledger. */
export const waitlistEntryModel = (connection: Connection): Model<WaitlistEntry> =>
  (connection.models.WaitlistEntry as Model<WaitlistEntry> | undefined) ??
  connection.model<WaitlistEntry>('WaitlistEntry', schema, 'waitlist_entries');
