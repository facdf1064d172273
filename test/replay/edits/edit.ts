import { sleep, type WorkflowInterceptors } from '@temporalio/workflow';

/** A careless edit of a workflow, by the names of its steps: activities, local activities and child workflows. */
interface Edit {
  waitBefore?: string;
  swap?: readonly [string, string];
}

/**
 * What the edited workflow would ask of Temporal: an interceptor between the workflows as they are and the server. Where the
 * edit is not, it does not even wait for a microtask: steps that are asked for side by side keep their order.
 */
export function edit({ waitBefore, swap: [one, other] = ['', ''] }: Edit): WorkflowInterceptors {
  const swapped = (step: string) => (step === one ? other : step === other ? one : step);
  const edited = <Answer>(step: string, go: (step: string) => Promise<Answer>): Promise<Answer> =>
    step === waitBefore ? sleep(1_234).then(() => go(step)) : go(swapped(step));
  return {
    outbound: [
      {
        scheduleActivity: (input, next) =>
          edited(input.activityType, (activityType) => next({ ...input, activityType })),
        scheduleLocalActivity: (input, next) =>
          edited(input.activityType, (activityType) => next({ ...input, activityType })),
        startChildWorkflowExecution: (input, next) =>
          edited(input.workflowType, (workflowType) => next({ ...input, workflowType })),
      },
    ],
  };
}
