import { idempotencyKeyReused, requestInProgress } from '../../../lib/http/idempotency-key.ts';
import { notFound, Problem } from '../../../lib/http/problem.ts';

type Refusal =
  | 'unknown_event'
  | 'unknown_seat'
  | 'event_busy'
  | 'event_over'
  | 'wrong_status'
  | 'has_bookings'
  | 'seat_busy'
  | 'abandoned'
  | 'taken'
  | 'ref_taken'
  | 'not_your_event'
  | 'owner_is_set'
  | 'times_are_set'
  | 'key_reused'
  | 'in_progress';

const retry = { 'Retry-After': '1' };

/** How each refusal of a change to events and seats is told. */
export function refused(outcome: Refusal): Problem {
  switch (outcome) {
    case 'unknown_event':
      return notFound('event');
    case 'unknown_seat':
      return notFound('seat');
    case 'event_busy':
      return new Problem(
        409,
        'event_busy',
        'Seats of this event are being imported, or it is being cancelled or removed. Try again when that is over.',
        {},
        retry,
      );
    case 'event_over':
      return new Problem(409, 'event_over', 'The event is cancelled or ended; its seats no longer change.');
    case 'wrong_status':
      return new Problem(409, 'wrong_status', 'The status of the event does not allow this.');
    case 'has_bookings':
      return new Problem(
        409,
        'event_has_bookings',
        'Seats of this event are held or sold. What is sold cannot be taken away.',
      );
    case 'seat_busy':
      return new Problem(409, 'seat_busy', 'The seat is held, sold or waited for. Close it instead.');
    case 'abandoned':
      return new Problem(408, 'import_abandoned', 'The upload brought nothing for too long. Nothing was imported.');
    case 'taken':
      return new Problem(409, 'event_exists', 'There is another event of this id.');
    case 'ref_taken':
      return new Problem(
        409,
        'event_ref_taken',
        'Another event, which is not cancelled, sells this one of the organizer’s.',
        { field: 'body.organizerEventRef' },
      );
    case 'not_your_event':
      return new Problem(403, 'not_your_event', 'This event is kept by another organizer.');
    case 'owner_is_set':
      return new Problem(403, 'forbidden', 'Only admins say whose an event is.', { field: 'body.ownerId' });
    case 'times_are_set':
      return new Problem(403, 'forbidden', 'Only admins say how long holds and offers are.', {
        field: 'body.holdSeconds',
      });
    case 'key_reused':
      return idempotencyKeyReused();
    case 'in_progress':
      return requestInProgress();
  }
}
