import { newId } from '../../lib/ids.ts';
import { pricesOf } from '../../services/ticket-app/commands/price-list.ts';
import { cityKeyOf, type Event, titleKeyOf } from '../../services/ticket-app/models/event.ts';

const dayMs = 24 * 3_600_000;
const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();

/** What an event is called in the organizer's system: each is sold by one event at a time. */
const organizerEventRef = () => `NUSA-${newId()}`;

/** The body of a call that creates an event which is on sale once it is published. */
export const someEvent = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  title: 'Orkes Kebun',
  description: 'Songs for a garden.',
  venue: 'Balai Sarbini',
  city: 'Jakarta',
  organizerName: 'Nusa Live Entertainment',
  organizer: 'x',
  organizerEventRef: organizerEventRef(),
  startsAt: inDays(30),
  endsAt: inDays(30.1),
  salesStartAt: inDays(-1),
  salesEndAt: inDays(29),
  ...changes,
});

/** An event as it is stored: published, on sale, with seats of `prices`. */
export function storedEvent({ prices = [750_000], ...changes }: Partial<Event> = {}): Event {
  const { title = 'Orkes Kebun', city = 'Jakarta' } = changes;
  return {
    _id: newId(),
    title,
    titleKey: titleKeyOf(title),
    description: 'Songs for a garden.',
    venue: 'Balai Sarbini',
    city,
    cityKey: cityKeyOf(city),
    organizerName: 'Nusa Live Entertainment',
    organizer: 'x',
    organizerEventRef: organizerEventRef(),
    startsAt: new Date(inDays(30)),
    endsAt: new Date(inDays(90)),
    salesStartAt: new Date(inDays(-1)),
    salesEndAt: new Date(inDays(29)),
    status: 'published',
    imports: 0,
    createdFrom: 'test',
    ...pricesOf(prices),
    version: 1,
    createdAt: new Date(),
    ...changes,
  };
}
