import { createRequire } from 'node:module';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { WorkerInterceptors, WorkerOptions } from '@temporalio/worker';
import type { Tracing } from '../lib/tracing/tracing.ts';

/** The part of a workflow bundle that makes spans inside workflows: it belongs into a bundle exactly when tracing is on. */
export const tracedWorkflowModules: string[] = [
  createRequire(import.meta.url).resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors'),
];

/** Carries the present span into workflows. */
export async function tracedClient(tracing: Tracing | undefined): Promise<WorkflowClientInterceptor[]> {
  if (!tracing) return [];
  const { OpenTelemetryWorkflowClientInterceptor } = await import('@temporalio/interceptors-opentelemetry');
  return [new OpenTelemetryWorkflowClientInterceptor()];
}

export interface TracedWorker {
  interceptors: Required<Pick<WorkerInterceptors, 'activity' | 'workflowModules'>>;
  sinks: NonNullable<WorkerOptions['sinks']>;
}

/** What a worker needs to tell the spans of workflows and activities. */
export async function tracedWorker({ processor, resource }: Tracing): Promise<TracedWorker> {
  const { makeWorkflowExporter, OpenTelemetryActivityInboundInterceptor } = await import(
    '@temporalio/interceptors-opentelemetry'
  );
  return {
    interceptors: {
      activity: [(ctx) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(ctx) })],
      workflowModules: tracedWorkflowModules,
    },
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
  };
}
