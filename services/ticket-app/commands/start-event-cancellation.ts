import type { Client } from '@temporalio/client';
import type { Logger } from '../../../lib/logging/logger.ts';
import { searchAttributes, ticketingTaskQueue } from '../../../workflows/booking/booking.messages.ts';
import {
  type EventCancellationInput,
  eventCancellationWorkflowId,
  eventCancellationWorkflowType,
} from '../../../workflows/event-cancellation/event-cancellation.messages.ts';

/** An admin waits for it; and what does not start now is started by the sweep. */
const startPatienceMs = 4_000;

interface Dependencies {
  temporal: Client;
  log: Logger;
  /** Tests use their own. */
  taskQueue?: string;
}

export type StartEventCancellation = ReturnType<typeof createStartEventCancellation>;

/**
 * Starts the cancellation of an event, unless it runs. Resolves also when Temporal does not answer: the event's document
 * says that the work is to be done, and the sweep comes back to it (K-3).
 */
export function createStartEventCancellation({ temporal, log, taskQueue = ticketingTaskQueue }: Dependencies) {
  return async ({ eventId, workId }: EventCancellationInput): Promise<void> => {
    try {
      await temporal.connection.withDeadline(Date.now() + startPatienceMs, () =>
        temporal.workflow.start(eventCancellationWorkflowType, {
          workflowId: eventCancellationWorkflowId(eventId),
          taskQueue,
          args: [{ eventId, workId }],
          workflowTaskTimeout: '5s',
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          staticSummary: `Cancel ${eventId}`,
          typedSearchAttributes: [{ key: searchAttributes.eventId, value: eventId }],
        }),
      );
    } catch (error) {
      log.warn({ eventId, reason: (error as Error).message }, 'the cancellation of an event is not started yet');
    }
  };
}
