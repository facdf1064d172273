// What stands beside the bookings of a settled event: tickets with their files, invoices, holds, and client-app's copies.
import mongoose from 'mongoose';
import { ticketNumbersOf } from '../../lib/contracts/booking-number.ts';
import { newId } from '../../lib/ids.ts';
import type { Booking } from '../../services/ticket-app/models/booking.ts';
import type { WaitlistEntry } from '../../services/ticket-app/models/waitlist-entry.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { minute, price } from './settled-clock.ts';
import type { SettledEvent } from './settled-event.ts';

/** A GridFS file of one part. */
export interface SomeFile {
  file: object;
  chunk: object;
  fileId: mongoose.mongo.ObjectId;
}

export function someFile(): SomeFile {
  const fileId = new mongoose.mongo.ObjectId();
  return {
    fileId,
    file: { _id: fileId, length: 9, chunkSize: 261_120 },
    chunk: { files_id: fileId, n: 0, data: new mongoose.mongo.Binary(Buffer.alloc(9)) },
  };
}

export const sha256 = 'f0';

export function ticketsOf({ eventId, returned, sold }: SettledEvent, pdf: SomeFile, revokedPdf: SomeFile): object[] {
  const taken = { revokedAt: minute(7), eventId, ticketNumbers: ticketNumbersOf(returned, 1) };
  return [
    { _id: returned, status: 'REVOKED', fileId: revokedPdf.fileId, sha256, issuedAt: minute(3), ...taken },
    { _id: sold, status: 'VALID', fileId: pdf.fileId, sha256, issuedAt: minute(20) },
  ];
}

const told = (type: string, n: number, about: object) => ({
  webhookId: newId(),
  type,
  status: 'delivered',
  createdAt: minute(n),
  deliveredAt: minute(n),
  ...about,
});

/** Paid and returned, voided, paid. */
export function invoicesOf({ returned }: SettledEvent, bookings: readonly Booking[]): object[] {
  return bookings.map(({ _id, status, invoice, expiresAt }, i) => {
    const at = [9, 16, 20][i] ?? 0;
    const attemptId = newId();
    const isPaid = status !== 'FAILED';
    const paid = { attemptId, outcome: 'paid', startedAt: minute(at), settledAt: minute(at) };
    const refund = {
      refundId: returned,
      amount: price.amount,
      triesMade: 1,
      tries: [{ n: 1, at: minute(9), outcome: 'succeeded' }],
      settledAt: minute(9),
    };
    return {
      _id,
      invoiceNumber: invoice?.invoiceNumber,
      workflowId: bookingWorkflowId(_id),
      status: _id === returned ? 'REFUNDED' : isPaid ? 'PAID' : 'VOIDED',
      ...price,
      expiresAt,
      tombstone: false,
      changedAt: minute(at),
      attempts: isPaid ? [paid] : [],
      ...(_id === returned && { refund }),
      deliveries: [
        ...(isPaid ? [told('payment.paid', at, { attemptId })] : []),
        ...(_id === returned ? [told('refund.succeeded', 9, { refundId: returned })] : []),
      ],
    };
  });
}

export const hold = ({ eventId }: SettledEvent, _id: string, state: string): object => ({
  _id,
  event: `ref-${eventId}`,
  seats: ['A-1'],
  state,
  settled: true,
  changedAt: minute(20),
});

export const copyOfBooking = ({ _id, changedAt, ...booking }: Booking, pdf: SomeFile): object => ({
  _id,
  ...booking,
  updatedAt: changedAt,
  ticketFile: booking.status === 'CONFIRMED' ? { fileId: pdf.fileId, sha256, length: 9 } : null,
});

export const copyOfEntry = ({
  _id,
  eventId,
  seatId,
  customerId,
  status,
  version,
  bookingId,
}: WaitlistEntry): object => ({
  _id,
  eventId,
  seatId,
  customerId,
  status,
  version,
  ...(bookingId !== undefined && { bookingId }),
});
