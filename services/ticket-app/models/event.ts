import { type Connection, type Model, Schema } from 'mongoose';
import type { EventStatus, OrganizerCode } from '../../../lib/contracts/event.ts';

/**
 * What is being done to an event's seats as a whole. One thing at a time: whoever begins one writes it here by
 * compare-and-set, and whoever finds one that a killed process left carries it to its end (K-3).
 */
export type EventWork =
  | { id: string; kind: 'import'; at: Date }
  | { id: string; kind: 'close'; to: 'cancelled' | 'removed'; at: Date };

/** How the cancellation of an event that has bookings goes on. */
export interface Cancellation {
  startedAt: Date;
  /** What the organizer says to the buyers. */
  reason?: string;
  /** Those that hold seats still, and those that were cancelled by it. */
  bookings: { left: number; cancelled: number };
  /** Bookings with a used ticket keep their seats: the organizer settles with these people. */
  usedTickets: string[];
  finishedAt?: Date;
}

export interface Event {
  _id: string;
  /** Whose event it is: a user of client-app of the role organizer. Without one it is kept by admins alone. */
  ownerId?: string;
  title: string;
  /** For the order of titles: `titleKeyOf`. */
  titleKey: string;
  description: string;
  venue: string;
  city: string;
  /** The city in lower case, for look-ups. */
  cityKey: string;
  organizerName: string;
  organizer: OrganizerCode;
  organizerEventRef: string;
  startsAt: Date;
  endsAt: Date;
  doorsAt?: Date;
  salesStartAt: Date;
  salesEndAt: Date;
  /** Until when buyers may cancel what they have paid; without it, until the event starts. */
  cancellableUntil?: Date;
  status: EventStatus;
  holdSeconds?: number;
  /** How long a person who was promoted from a waitlist has to pay. */
  offerSeconds?: number;
  work?: EventWork;
  cancellation?: Cancellation;
  /** Counts the imports that were begun: a reader of seats sees by it that one came in between. */
  imports: number;
  /** A hash of the call that created the event: the same call again is not a second event. */
  createdFrom: string;
  /** What its seats cost; only `price-list.ts` decides it. */
  prices: number[];
  lowestPrice: number;
  highestPrice: number;
  /** Seats were, or are being, changed: the prices are to be read again. */
  repricing?: { id: string; at: Date };
  version: number;
  createdAt: Date;
}

/** Events whose titles agree in their first 80 characters come in the order of their ids. */
export const titleKeyOf = (title: string): string => title.toLowerCase().slice(0, 80);
/** For look-ups by the city, whatever its case. */
export const cityKeyOf = (city: string): string => city.toLowerCase();

/** The lowest price of an event none of whose seats is for sale: it comes last in the order of prices. */
export const noPrice = 1e15;

/**
 * The life of an event:
 *
 *   draft → published → ended
 *   draft | published → cancelled   (once nothing is held or sold any more, but by used tickets)
 */
export const eventLife: Record<EventStatus, readonly EventStatus[]> = {
  draft: ['published', 'cancelled'],
  published: ['cancelled', 'ended'],
  cancelled: [],
  ended: [],
};

/** The statuses from which an event can go to `status`. */
export const comesFrom = (status: EventStatus): EventStatus[] =>
  (Object.keys(eventLife) as EventStatus[]).filter((from) => eventLife[from].includes(status));

/** Tells whether a seat of the event can be booked at that moment. */
export function isOnSale(event: Pick<Event, 'status' | 'salesStartAt' | 'salesEndAt' | 'work'>, now: Date): boolean {
  return (
    event.status === 'published' && event.work?.kind !== 'close' && event.salesStartAt <= now && now < event.salesEndAt
  );
}

/** Tells whether people may queue for the event's seats, and be offered them: before, during and after its sales. */
export const takesQueues = (event: Pick<Event, 'status' | 'endsAt' | 'work'>, now: Date): boolean =>
  event.status === 'published' && event.work?.kind !== 'close' && now < event.endsAt;

/** The instant from which a buyer can no longer cancel a paid booking. */
export const cutOffOf = ({ cancellableUntil, startsAt }: Pick<Event, 'cancellableUntil' | 'startsAt'>): Date =>
  cancellableUntil ?? startsAt;

const text = { type: String, required: true } as const;
const date = { type: Date, required: true } as const;
const whole = { type: Number, required: true } as const;
const work = new Schema({ id: text, kind: text, to: String, at: date }, { _id: false });
const cancellation = new Schema(
  {
    startedAt: date,
    reason: String,
    bookings: { type: new Schema({ left: whole, cancelled: whole }, { _id: false }), required: true },
    usedTickets: [String],
    finishedAt: Date,
  },
  { _id: false },
);

const schema = new Schema<Event>(
  {
    _id: text,
    ownerId: String,
    title: text,
    titleKey: text,
    // Mongoose takes an empty text for a missing one, and an event may go without a description.
    description: { type: String, default: '' },
    venue: text,
    city: text,
    cityKey: text,
    organizerName: text,
    organizer: text,
    organizerEventRef: text,
    startsAt: date,
    endsAt: date,
    doorsAt: Date,
    salesStartAt: date,
    salesEndAt: date,
    cancellableUntil: Date,
    status: text,
    holdSeconds: Number,
    offerSeconds: Number,
    work,
    cancellation,
    imports: { type: Number, required: true },
    createdFrom: text,
    prices: { type: [Number], default: [] },
    lowestPrice: { type: Number, default: noPrice },
    highestPrice: { type: Number, default: 0 },
    repricing: new Schema({ id: text, at: date }, { _id: false }),
    version: { type: Number, required: true },
    createdAt: date,
  },
  { versionKey: false },
);

export const eventModel = (connection: Connection): Model<Event> =>
  (connection.models.Event as Model<Event> | undefined) ?? connection.model<Event>('Event', schema, 'events');

export type FindEvent = (eventId: string) => Promise<Event | null>;

/** Reads one event. */
export const findEventIn =
  (connection: Connection): FindEvent =>
  (eventId) =>
    eventModel(connection).findById(eventId).lean<Event | null>();
