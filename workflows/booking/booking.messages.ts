import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { BookingReason, BookingStatus, CancelReason } from '../../lib/contracts/booking.ts';
import type { InvoiceStatus } from '../../lib/contracts/invoice.ts';

/** What others may say to a booking, and what it answers. Ids only: names and addresses stay in the databases. */

export const bookingWorkflowType = 'booking';
export const ticketingTaskQueue = 'ticketing';

/** The one name of a booking's workflow. */
export const bookingWorkflowId = (bookingId: string): string => `booking/${bookingId}`;

export interface BookingInput {
  bookingId: string;
  customerId: string;
  eventId: string;
  /** Sorted: seats are claimed in this order. */
  seatIds: string[];
  /** Milliseconds since 1970; the booking refuses to begin after it. */
  startBefore: number;
}

/** How a booking ended, or that it waits for its payment; the details stand in the booking's document. */
export interface BookingOutcome {
  status: BookingStatus;
  reason?: BookingReason;
}

/** Whoever calls `reserve` stops waiting this long before `startBefore`: the answer has to travel back to the buyer. */
export const answerMarginMs = 500;

/** Waits until the seats are held and the invoice is there, or until it is certain that the booking has failed. */
export const reserve = defineUpdate<BookingOutcome, []>('reserve');

/** `confirmed`: it was paid before; only a cancellation can undo it. `failed`: it had failed by itself. */
export type CancelAnswer = 'cancelled' | 'refunding' | 'confirmed' | 'failed';
export const cancel = defineUpdate<CancelAnswer, [CancelReason]>('cancel');

export interface PaymentSettled {
  attemptId: string;
  invoiceStatus: InvoiceStatus;
  triesLeft: number;
}
export const paymentSettled = defineSignal<[PaymentSettled]>('paymentSettled');
export const refundSettled = defineSignal<[]>('refundSettled');

/** By these a booking is found in the Web UI. The server must know them: `temporal/search-attributes.ts`. */
export const searchAttributes = {
  eventId: defineSearchAttributeKey('KursiEventId', SearchAttributeType.KEYWORD),
  customerId: defineSearchAttributeKey('KursiCustomerId', SearchAttributeType.KEYWORD),
  status: defineSearchAttributeKey('KursiBookingStatus', SearchAttributeType.KEYWORD),
  seats: defineSearchAttributeKey('KursiSeats', SearchAttributeType.KEYWORD_LIST),
};
