import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type Logger, pino } from 'pino';

export type { Logger };

/** By these a log line is found from a trace, and the other way round. Nothing while tracing is off. */
function spanOfNow(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {};
}

/**
 * One JSON line an event, with request, booking and workflow ids as fields.
 * Credentials are cut out even where a caller logs a whole header object; personal data must not be passed in at all.
 */
export function createLogger(name: string, level = 'info'): Logger {
  return pino({
    name,
    level,
    mixin: spanOfNow,
    redact: {
      paths: [
        '*.authorization',
        '*.cookie',
        '*.password',
        '*.token',
        '*.secret',
        '*.headers.authorization',
        '*.config',
      ],
      remove: true,
    },
  });
}
