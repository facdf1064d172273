import mongoose from 'mongoose';
import { ticketRecordModel } from '../../../services/ticket-app/models/ticket-record.ts';
import { minute } from '../settled-clock.ts';
import type { Planted } from './planting.ts';

export const tickets: Planted[] = [
  ['ticket_and_refund', 'a ticket and a refund', ({ ticket, event }) => ticket(event.returned, { status: 'VALID' })],
  [
    'paid_for_nothing',
    'money without ticket or refund',
    ({ invoice, event }) => invoice(event.lapsed, { status: 'PAID', attempts: [{ attemptId: 'a', outcome: 'paid' }] }),
  ],
  [
    'ticket_unpaid',
    'a ticket that nobody paid',
    ({ invoice, event }) => invoice(event.sold, { status: 'VOIDED', attempts: [] }),
  ],
  [
    'ticket_of_ended',
    'the valid ticket of a booking that has ended',
    ({ booking, event }) => booking(event.sold, { status: 'FAILED' }),
  ],
  [
    'confirmed_without_ticket',
    'a CONFIRMED booking whose ticket is gone',
    ({ remove, event }) => remove('ticket-app', 'tickets', event.sold),
  ],
  ['pdf_missing', 'a ticket without its PDF', ({ ticket, event }) => ticket(event.sold, { fileId: null })],
  [
    'pdf_missing',
    'a ticket whose PDF is not in GridFS',
    ({ ticket, event }) => ticket(event.sold, { fileId: new mongoose.mongo.ObjectId() }),
  ],
  [
    'pdf_missing',
    'a ticket of whose PDF a part is missing',
    async ({ databases, event }) => {
      const ticketing = databases['ticket-app'];
      const record = await ticketRecordModel(ticketing).findById(event.sold);
      if (!record?.fileId) throw new Error('There is no ticket to damage.');
      await ticketing.collection('ticket_pdfs.files').updateOne({ _id: record.fileId }, { $set: { length: 300_000 } });
    },
  ],
  [
    'pdf_differs',
    'a booking that names another PDF',
    ({ booking, event }) => booking(event.sold, { 'ticket.sha256': 'other' }),
  ],
  [
    'used_by_a_stranger',
    'a seat that was let in by the ticket of another one',
    ({ ticket, event }) => ticket(event.sold, { uses: [{ seatId: 'A-2', at: minute(30), key: 'k' }] }),
  ],
  [
    'used_and_revoked',
    'a used ticket that was taken back',
    ({ ticket, event }) => ticket(event.returned, { uses: [{ seatId: 'A-1', at: minute(6), key: 'k' }] }),
  ],
  [
    'revocation_unlisted',
    'a ticket that was taken back unknown to the gates',
    ({ ticket, event }) => ticket(event.returned, { ticketNumbers: [] }),
  ],
  [
    'refund_not_barred',
    'a refund beside which a ticket may still be made',
    ({ remove, event }) => remove('ticket-app', 'tickets', event.returned),
  ],
  [
    'refund_unknown',
    'a refund that is told and was never asked for',
    ({ booking, event }) => booking(event.lapsed, { refund: { status: 'pending', amount: 1 } }),
  ],
  [
    'refund_untold',
    'a refund that the booking does not tell of',
    ({ collection, event }) =>
      collection('ticket-app', 'bookings').updateOne({ _id: event.returned }, { $unset: { refund: 1 } }),
  ],
  [
    'refund_end_untold',
    'a returned sum that the booking still calls pending',
    ({ booking, event }) => booking(event.returned, { 'refund.status': 'pending' }),
  ],
  ['refund_differs', 'a refund of two sums', ({ booking, event }) => booking(event.returned, { 'refund.amount': 1 })],
];
