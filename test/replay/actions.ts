/** An event of a history as it is recorded in `histories/`. */
export interface RecordedEvent {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  activityTaskStartedEventAttributes?: { attempt?: number };
  markerRecordedEventAttributes?: {
    workflowTaskCompletedEventId: string;
    details?: { data?: { payloads: Array<{ data: string }> } };
  };
  startChildWorkflowExecutionInitiatedEventAttributes?: { workflowType: { name: string } };
  workflowExecutionStartedEventAttributes?: { workflowType: { name: string } };
}

/** What Temporal Cloud bills of one workflow, and limits by the second, as far as its history shows it. */
export interface Actions {
  starts: number;
  updates: number;
  signals: number;
  /** Every attempt counts. */
  activities: number;
  /** All local activities of one workflow task are one action. */
  localActivities: number;
  timers: number;
  upserts: number;
  /** One for the intent; the child's start stands in the child's own history. */
  children: number;
}

/**
 * Counts by Temporal Cloud's definition (https://docs.temporal.io/cloud/actions, read in November 2026). A history does not
 * show rejected updates, queries, heartbeats and schedules, which count, too; bookings use none of the last three.
 */
export function actionsOf(events: readonly RecordedEvent[]): Actions {
  const count = (type: string): number => events.filter(({ eventType }) => eventType === `EVENT_TYPE_${type}`).length;
  const attempts = events.map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 0);
  const tasksWithMarkers = events.flatMap(
    ({ markerRecordedEventAttributes: marker }) => marker?.workflowTaskCompletedEventId ?? [],
  );
  return {
    starts: count('WORKFLOW_EXECUTION_STARTED'),
    updates: count('WORKFLOW_EXECUTION_UPDATE_ACCEPTED'),
    signals: count('WORKFLOW_EXECUTION_SIGNALED'),
    activities: attempts.reduce((sum, attempt) => sum + attempt, 0),
    localActivities: new Set(tasksWithMarkers).size,
    timers: count('TIMER_STARTED'),
    upserts: count('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'),
    children: count('START_CHILD_WORKFLOW_EXECUTION_INITIATED'),
  };
}
