/** Every workflow the ticketing worker runs: the entry point of its bundle. */
export { booking } from './booking/booking.workflow.ts';
export { sweep } from './sweep/sweep.workflow.ts';
