/** How dates and times are written for people: English words, the clock of Jakarta. */

const TIME_ZONE = 'Asia/Jakarta';

const day = new Intl.DateTimeFormat('en-GB', {
  timeZone: TIME_ZONE,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
/** Indonesian, since only that locale names the zone as Indonesians do (WIB, not GMT+7). */
const clock = new Intl.DateTimeFormat('id-ID', {
  timeZone: TIME_ZONE,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
});

/** "Saturday, 12 December 2026" */
export function wordDay(at: Date): string {
  const part = partsOf(day, at);
  return `${part('weekday')}, ${part('day')} ${part('month')} ${part('year')}`;
}

/** "19:30 WIB" */
export function wordTime(at: Date): string {
  const part = partsOf(clock, at);
  return `${part('hour')}:${part('minute')} ${part('timeZoneName')}`;
}

function partsOf(format: Intl.DateTimeFormat, at: Date): (type: Intl.DateTimeFormatPartTypes) => string {
  const parts = format.formatToParts(at);
  return (type) => parts.find((part) => part.type === type)?.value ?? '';
}
