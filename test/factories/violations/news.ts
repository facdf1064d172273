import mongoose from 'mongoose';
import { minute } from '../settled-clock.ts';
import type { Planted } from './planting.ts';

const late = { type: 'booking.confirmed', tries: 3, createdAt: minute(21), deliveredAt: null };

export const news: Planted[] = [
  [
    'copy_missing',
    'a booking that client-app does not know',
    ({ remove, event }) => remove('client-app', 'bookings', event.sold),
  ],
  [
    'copy_behind',
    'a copy of a booking that is behind',
    ({ copy, event }) => copy(event.sold, { status: 'AWAITING_PAYMENT', version: 3 }),
  ],
  ['copy_ahead', 'a copy that is ahead of its booking', ({ copy, event }) => copy(event.sold, { version: 9 })],
  ...['status', 'reason', 'customerId', 'invoice.invoiceNumber', 'ticket.sha256', 'refund.status'].map(
    (field): Planted => [
      'copy_differs',
      `a copy of a booking with another ${field}`,
      ({ copy, event }) => copy(event.returned, { [field]: 'other' }),
    ],
  ),
  [
    'copy_differs',
    'a copy of a booking with another deadline',
    ({ copy, event }) => copy(event.sold, { expiresAt: minute(59) }),
  ],
  [
    'entry_copy_differs',
    'a copy of a place that is behind',
    ({ entryCopy, event }) => entryCopy(event.second, { status: 'WAITING', version: 1 }),
  ],
  [
    'entry_copy_differs',
    'a copy of a place with another booking',
    ({ entryCopy, event }) => entryCopy(event.second, { bookingId: 'other' }),
  ],
  [
    'booking_lost',
    'a booking that ticket-app has lost',
    ({ booking, event }) => booking(event.lapsed, { eventId: 'elsewhere' }),
  ],
  [
    'entry_lost',
    'a place that ticket-app has lost',
    ({ remove, event }) => remove('ticket-app', 'waitlist_entries', event.first),
  ],
  ['ticket_not_fetched', 'a ticket that never arrived', ({ copy, event }) => copy(event.sold, { ticketFile: null })],
  [
    'ticket_not_fetched',
    'a buyer who gets the PDF of another ticket',
    ({ copy, event }) => copy(event.sold, { 'ticketFile.sha256': 'other' }),
  ],
  [
    'ticket_file_lost',
    "a PDF that is not in client-app's GridFS",
    ({ copy, event }) => copy(event.sold, { 'ticketFile.fileId': new mongoose.mongo.ObjectId() }),
  ],
  [
    'unanswered',
    'a call that was never answered',
    ({ copy, event }) => copy(event.lapsed, { version: 0, status: 'REQUESTED', startBefore: minute(11) }),
  ],
  [
    'entry_unanswered',
    'a join that was never answered',
    ({ entryCopy, event }) => entryCopy(event.third, { version: 0, status: 'REQUESTED', joinBefore: minute(11) }),
  ],
  [
    'undelivered',
    'a notification that has not arrived',
    ({ databases, event }) =>
      databases['ticket-app'].collection<{ _id: string }>('webhook_deliveries').insertOne({
        _id: `late-${event.sold}`,
        bookingId: event.sold,
        ...late,
      } as { _id: string }),
  ],
  [
    'undelivered',
    'news of a queue that have not arrived',
    ({ databases, event }) =>
      databases['ticket-app'].collection<{ _id: string }>('webhook_deliveries').insertOne({
        _id: `late-${event.first}`,
        entryId: event.first,
        ...late,
      } as { _id: string }),
  ],
  [
    'news_undelivered',
    'news of a queue that nobody tries to deliver',
    ({ entry, event }) =>
      entry(event.first, {
        news: [{ webhookId: 'w', type: 'waitlist.passed', createdAt: minute(16), nextAttemptAt: minute(17) }],
      }),
  ],
  [
    'never_told',
    'an end that nobody began to tell',
    ({ copy, event }) => copy(event.lapsed, { status: 'AWAITING_PAYMENT', version: 3 }),
  ],
  [
    'outcome_undelivered',
    'an outcome that has not arrived',
    ({ invoice, event }) => invoice(event.sold, { 'deliveries.0.status': 'exhausted' }),
  ],
  [
    'outcome_never_told',
    'a payment that nobody began to tell',
    ({ invoice, event }) => invoice(event.sold, { deliveries: [] }),
  ],
];

/** What belongs to nothing any more: found where everything is looked at. */
export const lost: Planted[] = [
  [
    'of_no_booking',
    'an invoice of a booking that is lost',
    ({ databases, event }) =>
      databases['payment-app'].collection<{ _id: string }>('invoices').insertOne({ _id: `lost-${event.eventId}` }),
  ],
  [
    'of_no_booking',
    'a ticket of a booking that is lost',
    ({ databases, event }) =>
      databases['ticket-app'].collection<{ _id: string }>('tickets').insertOne({ _id: `lost-${event.eventId}` }),
  ],
  [
    'of_no_event',
    'the seats of an event that is lost',
    ({ remove, event }) => remove('ticket-app', 'events', event.eventId),
  ],
];
