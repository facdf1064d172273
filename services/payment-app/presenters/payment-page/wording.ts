const nbsp = '\u00a0';
const rupiahNumber = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 0 });

/** Rp 1.250.000, as Indonesia writes it; it never breaks over two lines. */
export const rupiah = (amount: number): string => `Rp${nbsp}${rupiahNumber.format(amount)}`;

const jakarta = { timeZone: 'Asia/Jakarta' } as const;
const time = new Intl.DateTimeFormat('en-GB', { ...jakarta, hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { ...jakarta, day: 'numeric', month: 'short', year: 'numeric' });

/** 14:32 WIB, with its day unless that is today. */
export function clockTime(at: Date, now: Date): string {
  const clock = `${time.format(at)}${nbsp}WIB`;
  return day.format(at) === day.format(now) ? clock : `${day.format(at)}, ${clock}`;
}

/** About how long, in the largest unit that is honest. */
export function duration(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  return `${Math.floor(minutes / 60)} hours`;
}

/** A reason as people say it: `event_cancelled` is "event cancelled". */
export const spoken = (reason: string): string => reason.replaceAll('_', ' ');
