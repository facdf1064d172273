const dayMs = 24 * 3_600_000;
const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();

/** The body of a call that creates an event which is on sale once it is published. */
export const someEvent = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  title: 'Orkes Kebun',
  description: 'Songs for a garden.',
  venue: 'Balai Sarbini',
  city: 'Jakarta',
  organizerName: 'Nusa Live Entertainment',
  organizer: 'x',
  organizerEventRef: 'NUSA-KEBUN-1',
  startsAt: inDays(30),
  endsAt: inDays(30.1),
  salesStartAt: inDays(-1),
  salesEndAt: inDays(29),
  ...changes,
});
