import { wrongUsage } from './failure.ts';

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `2h`, `1d` before now, or an instant in ISO 8601. Throws a `Failure` that says so. */
export function readInstant(option: string, text: string, now = Date.now()): Date {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const ms = unitMs[unit];
  if (amount !== undefined && ms !== undefined) return new Date(now - Number(amount) * ms);
  const instant = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(instant.getTime())) {
    throw wrongUsage(
      `${option} must be like 30m, 2h or 1d (before now), or an instant like 2026-11-21T10:00:00Z, not "${text}".`,
    );
  }
  return instant;
}

/** A whole number from 1 to `most`. */
export function readCount(option: string, text: string, most: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw wrongUsage(`${option} must be a whole number from 1 to ${most}, not "${text}".`);
  }
  return count;
}
