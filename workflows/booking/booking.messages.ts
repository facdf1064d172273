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
  /**
   * Born of an offer to the first in a seat's queue: the seat is this booking's already, and `startBefore`, the sales
   * window and the person's limits do not apply.
   */
  waitlistEntryId?: string;
}

/** How a booking's workflow is started, whoever starts it. */
export const bookingWorkflowOptions = ({ bookingId, customerId, eventId, seatIds }: BookingInput) => ({
  workflowId: bookingWorkflowId(bookingId),
  taskQueue: ticketingTaskQueue,
  // A task that a killed worker had begun is given to another one after this long, not after the default of 10 s.
  workflowTaskTimeout: '5s' as const,
  // One hot sale must not starve the other events.
  priority: { fairnessKey: eventId.slice(0, 64) },
  staticSummary: `${seatIds.length} ${seatIds.length === 1 ? 'seat' : 'seats'} of ${eventId}`,
  typedSearchAttributes: [
    { key: searchAttributes.eventId, value: eventId },
    { key: searchAttributes.customerId, value: customerId },
    { key: searchAttributes.status, value: 'HOLDING' },
    { key: searchAttributes.seats, value: seatIds },
  ],
});

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
/** A payment that wins the race is returned. */
export const cancel = defineUpdate<CancelAnswer, [CancelReason]>('cancel');
/** A payment that wins the race makes it a sale all the same. */
export const cancelUnlessPaid = defineUpdate<CancelAnswer, [CancelReason]>('cancelUnlessPaid');

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
