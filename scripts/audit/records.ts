import type { Connection, Types } from 'mongoose';
import type { Booking as ClientBooking } from '../../services/client-app/models/booking.ts';
import type { WaitlistEntry as ClientEntry } from '../../services/client-app/models/waitlist-entry.ts';
import type { HoldRecord, SeatClaim } from '../../services/organizer-systems/models/hold-record.ts';
import type { Invoice } from '../../services/payment-app/models/invoice.ts';
import type { Booking } from '../../services/ticket-app/models/booking.ts';
import type { Delivery } from '../../services/ticket-app/models/deliveries.ts';
import type { Event } from '../../services/ticket-app/models/event.ts';
import type { Seat } from '../../services/ticket-app/models/seat.ts';
import type { TicketRecord } from '../../services/ticket-app/models/ticket-record.ts';
import type { WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import type { DatabaseName } from '../system/databases.ts';
import type { RunningWorkflows } from './running-workflows.ts';
import { type StoredFiles, storedFiles } from './stored-files.ts';

export type Databases = Record<DatabaseName, Connection>;

/** Everything that the five databases hold about one event: what an invariant is checked on. */
export interface EventRecords {
  eventId: string;
  /** Undefined: there is no such event. */
  event: Event | undefined;
  /** All that run; undefined: Temporal was not asked. */
  workflows: RunningWorkflows | undefined;
  seats: Seat[];
  bookings: Booking[];
  tickets: TicketRecord[];
  entries: WaitlistEntry[];
  /** Notifications to client-app about bookings and places in queues. */
  deliveries: Delivery[];
  /** Bookings that count against somebody's limits, and whether as unpaid; and entries. */
  countedBookings: Map<string, { unpaid: boolean }>;
  countedEntries: Set<string>;
  invoices: Invoice[];
  /** At the organizer. */
  holds: HoldRecord[];
  claims: SeatClaim[];
  clientBookings: ClientBooking[];
  clientEntries: ClientEntry[];
  /** The PDFs of tickets, at ticket-app and as client-app keeps them. */
  files: StoredFiles;
  clientFiles: StoredFiles;
}

/** What is kept in both ticketing databases and client-app's is read from the sources first: the copies can only be newer. */
export async function readEvent(
  databases: Databases,
  eventId: string,
  workflows?: RunningWorkflows,
): Promise<EventRecords> {
  const rows = <T extends object>(database: DatabaseName, name: string, filter: object): Promise<T[]> =>
    databases[database].collection(name).find(filter).toArray() as unknown as Promise<T[]>;
  const ticketing = <T extends object>(name: string, filter: object) => rows<T>('ticket-app', name, filter);

  const [event] = await ticketing<Event>('events', { _id: eventId });
  const bookings = await ticketing<Booking>('bookings', { eventId });
  const entries = await ticketing<WaitlistEntry>('waitlist_entries', { eventId });
  const ofBookings = { $in: bookings.map(({ _id }) => _id) };
  const customers = [...new Set([...bookings, ...entries].map(({ customerId }) => customerId))];
  // Of an event that was removed its bookings tell.
  const sold = event ?? bookings.find((booking) => booking.event)?.event;
  const organizer = sold?.organizer === 'y' ? 'organizer-y' : 'organizer-x';
  const atOrganizer = { event: sold?.organizerEventRef };
  const [seats, tickets, deliveries, purchases, waiting, invoices, holds, claims, clientBookings, clientEntries] =
    await Promise.all([
      ticketing<Seat>('seats', { eventId }),
      ticketing<TicketRecord>('tickets', { _id: ofBookings }),
      ticketing<Delivery>('webhook_deliveries', {
        $or: [{ bookingId: ofBookings }, { entryId: { $in: entries.map(({ _id }) => _id) } }],
      }),
      ticketing<{ bookings?: Array<{ bookingId: string; unpaid: boolean }> }>('purchase_limits', {
        _id: { $in: customers.map((customerId) => `${eventId}/${customerId}`) },
      }),
      ticketing<{ entries?: Array<{ entryId: string }> }>('waiting_limits', { _id: { $in: customers } }),
      rows<Invoice>('payment-app', 'invoices', { _id: ofBookings }),
      rows<HoldRecord>(organizer, 'holds', { $or: [atOrganizer, { _id: ofBookings }] }),
      rows<SeatClaim>(organizer, 'seat_claims', atOrganizer),
      rows<ClientBooking>('client-app', 'bookings', { eventId }),
      rows<ClientEntry>('client-app', 'waitlist_entries', { eventId }),
    ]);
  const fileIds = tickets.flatMap(({ fileId }) => fileId ?? []);
  const clientFileIds: Types.ObjectId[] = clientBookings.flatMap(({ ticketFile }) => ticketFile?.fileId ?? []);
  const [files, clientFiles] = await Promise.all([
    storedFiles(databases['ticket-app'], 'ticket_pdfs', fileIds),
    storedFiles(databases['client-app'], 'tickets', clientFileIds),
  ]);
  return {
    eventId,
    event,
    workflows,
    seats,
    bookings,
    tickets,
    entries,
    deliveries,
    countedBookings: new Map(
      purchases.flatMap((one) => (one.bookings ?? []).map(({ bookingId, unpaid }) => [bookingId, { unpaid }] as const)),
    ),
    countedEntries: new Set(waiting.flatMap((one) => (one.entries ?? []).map(({ entryId }) => entryId))),
    invoices,
    holds,
    claims,
    clientBookings,
    clientEntries,
    files,
    clientFiles,
  };
}

export const byId = <T extends { _id: string }>(list: readonly T[]): Map<string, T> =>
  new Map(list.map((one) => [one._id, one]));

/** When a booking took a step, in milliseconds since 1970. */
export const stepAt = ({ timeline }: Pick<Booking, 'timeline'>, ...steps: string[]): number | undefined =>
  timeline.find(({ step }) => steps.includes(step))?.at.getTime();
