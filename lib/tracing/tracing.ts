import { trace } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Type } from 'typebox';

/** The standard variable that switches tracing on; its exporter reads the other ones of OTEL_EXPORTER_OTLP_…, too. */
export const tracingEnvironment = {
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({ pattern: '^https?://', description: 'where traces go, by OTLP over HTTP; without it none are made' }),
  ),
};

export interface TracingConfig {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;
}

/** What of a process's environment is about tracing. */
export const tracingOf = ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: TracingConfig): TracingConfig =>
  endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };

export interface Tracing {
  /** For spans that come from elsewhere: those of workflows. */
  processor: SpanProcessor;
  resource: Resource;
  /** Sends what is left. */
  stop(): Promise<void>;
}

let isOn = false;
/** Whether spans are made in this process. */
export const isTracing = (): boolean => isOn;

/**
 * Makes this process tell its spans, under its name, if there is somebody to tell. Call it before anything that is to be
 * traced is made. The packages are loaded only then: without the variable tracing costs nothing. Undefined: it is off.
 */
export async function startTracing(
  service: string,
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: TracingConfig,
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const [{ BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { Resource }, context, core] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/core'),
    ]);
  const resource = new Resource({ 'service.name': service, 'service.namespace': 'kursi' });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({
    contextManager: new context.AsyncLocalStorageContextManager().enable(),
    propagator: new core.W3CTraceContextPropagator(),
  });
  isOn = true;
  return { processor, resource, stop: () => provider.shutdown() };
}

export const tracer = () => trace.getTracer('kursi');
