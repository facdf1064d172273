import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * One JSON line an event, with request, booking and workflow ids as fields.
 * Credentials are cut out even where a caller logs a whole header object; personal data must not be passed in at all.
 */
export function createLogger(name: string, level = 'info'): Logger {
  return pino({
    name,
    level,
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
