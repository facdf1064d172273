import type { RecordedEvent } from './actions.ts';

/** The steps that a history holds, by name: activities, local activities and child workflows. */
export function stepsOf(events: readonly RecordedEvent[]): Set<string> {
  return new Set(events.flatMap((event) => stepOf(event) ?? []));
}

function stepOf(event: RecordedEvent): string | undefined {
  const [marker] = event.markerRecordedEventAttributes?.details?.data?.payloads ?? [];
  if (marker)
    return (JSON.parse(Buffer.from(marker.data, 'base64').toString()) as { activity_type: string }).activity_type;
  return (
    event.activityTaskScheduledEventAttributes?.activityType.name ??
    event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowType.name
  );
}
