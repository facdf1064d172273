/** Every workflow the ticketing worker runs: the entry point of its bundle. */
export { booking } from './booking/booking.workflow.ts';
export { orphanedBooking } from './booking/orphaned-booking.workflow.ts';
export { orphanedSale } from './booking/orphaned-sale.workflow.ts';
export { cancellation } from './cancellation/cancellation.workflow.ts';
export { eventCancellation } from './event-cancellation/event-cancellation.workflow.ts';
export { seatWaitlist } from './seat-waitlist/seat-waitlist.workflow.ts';
export { sweep } from './sweep/sweep.workflow.ts';
