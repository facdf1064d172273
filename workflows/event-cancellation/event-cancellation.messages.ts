/** What is needed to start the cancellation of a whole event. Ids only: the reason stands in the event's document. */

export const eventCancellationWorkflowType = 'eventCancellation';

/** The one name of an event's cancellation. */
export const eventCancellationWorkflowId = (eventId: string): string => `event-cancellation/${eventId}`;

export interface EventCancellationInput {
  eventId: string;
  /** The work on the event's document that this carries out. */
  workId: string;
  /** Where the run before went on to the next one. */
  resume?: { after?: string; waitMs: number };
}

/** How far the cancellation is. */
export interface CancellationStanding {
  /** The event was cancelled, or the work was ended by somebody else. */
  over: boolean;
  /** Bookings that hold seats still, but for those with a used ticket. */
  left: number;
  cancelled: number;
  used: number;
  /** Seats with a queue. */
  waiting: number;
}
