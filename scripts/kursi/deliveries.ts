import type { NotificationDelivery } from '../../lib/contracts/operations.ts';
import { noSuch } from './failure.ts';
import type { PaymentDelivery, Services } from './services.ts';

export const senders = ['ticket-app', 'payment-app'] as const;
export type Sender = (typeof senders)[number];

/** A webhook, whoever sends it: ticket-app tells client-app, payment-app tells ticket-app. */
export interface Delivery {
  from: Sender;
  webhookId: string;
  type: string;
  bookingId?: string;
  entryId?: string;
  /** `exhausted`: given up after days. */
  status: 'pending' | 'delivered' | 'exhausted';
  tries: number;
  createdAt: string;
  lastError?: string;
}

export interface DeliveryWish {
  from?: Sender;
  /** Of these bookings only. */
  bookingIds?: ReadonlySet<string>;
  /** Created from this instant on, and before that one. */
  since?: Date;
  until?: Date;
  /** Those that have arrived, too. */
  delivered: boolean;
  limit: number;
}

/** One page of a list at a time; a list is read no further than this. */
const pageSize = 100;
export const mostRead = 50_000;

const ofTicketing = ({ deliveredAt: _, ...delivery }: NotificationDelivery): Delivery => ({
  from: 'ticket-app',
  ...delivery,
});
const ofPayment = ({ body, ...delivery }: PaymentDelivery): Delivery => ({ from: 'payment-app', ...delivery, ...body });

type Page = { rows: Delivery[]; nextCursor?: string | undefined };
type ReadPage = (cursor: string | undefined) => Promise<Page>;

function pages(services: Services, from: Sender, { since, delivered, bookingIds }: DeliveryWish): ReadPage[] {
  if (from === 'ticket-app') {
    const query = { limit: pageSize, since: since?.toISOString(), status: delivered ? undefined : 'pending' };
    return [
      async (cursor) => {
        const { deliveries, nextCursor } = await services.ticket.notifications({ ...query, cursor });
        return { rows: deliveries.map(ofTicketing), nextCursor };
      },
    ];
  }
  const read =
    (filter: Record<string, string | undefined>): ReadPage =>
    async (cursor) => {
      const { deliveries, nextCursor } = await services.payment.deliveries({ limit: pageSize, ...filter, cursor });
      return { rows: deliveries.map(ofPayment), nextCursor };
    };
  const one = bookingIds?.size === 1 ? [...bookingIds][0] : undefined;
  if (delivered) return [read({ bookingId: one })];
  return [read({ bookingId: one, status: 'pending' }), read({ bookingId: one, status: 'exhausted' })];
}

export interface Found {
  deliveries: Delivery[];
  /** Older ones may match, too: the limit was reached, or a list was not read to its end. */
  more: false | 'limit' | 'not_read';
}

async function readAll(read: ReadPage, { since, until, bookingIds, limit }: DeliveryWish): Promise<Found> {
  const found: Delivery[] = [];
  let cursor: string | undefined;
  for (let seen = 0; seen < mostRead && found.length <= limit; seen += pageSize) {
    const { rows, nextCursor } = await read(cursor);
    found.push(
      ...rows.filter(
        ({ createdAt, bookingId }) =>
          (until === undefined || Date.parse(createdAt) < until.getTime()) &&
          (since === undefined || Date.parse(createdAt) >= since.getTime()) &&
          (bookingIds === undefined || (bookingId !== undefined && bookingIds.has(bookingId))),
      ),
    );
    const isOlder = ({ createdAt }: Delivery) => since !== undefined && Date.parse(createdAt) < since.getTime();
    // Both lists begin with the newest; payment-app's by the newest of each invoice.
    if (nextCursor === undefined || rows.every(isOlder)) return { deliveries: found, more: false };
    cursor = nextCursor;
  }
  return { deliveries: found, more: found.length > limit ? 'limit' : 'not_read' };
}

/** Webhooks of both senders, newest first, `limit` of them at most. */
export async function findDeliveries(services: Services, wish: DeliveryWish): Promise<Found> {
  const from = wish.from === undefined ? senders : [wish.from];
  const lists = from.flatMap((sender) => pages(services, sender, wish)).map((read) => readAll(read, wish));
  const read = await Promise.all(lists);
  const found = read
    .flatMap(({ deliveries }) => deliveries)
    .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  return {
    deliveries: found.slice(0, wish.limit),
    more: found.length > wish.limit ? 'limit' : (read.find(({ more }) => more)?.more ?? false),
  };
}

/** Sends one again, whoever sent it. Throws a `Failure` when nobody knows it, or when its receiver did not take it. */
export async function sendAgain(services: Services, webhookId: string, from?: Sender): Promise<Sender> {
  if (from !== 'payment-app' && (await services.ticket.replay(webhookId)) !== undefined) return 'ticket-app';
  if (from !== 'ticket-app' && (await services.payment.replay(webhookId)) !== undefined) return 'payment-app';
  throw noSuch('webhook', webhookId);
}

/** Every booking of an event. */
export async function bookingsOfEvent(services: Services, eventId: string): Promise<Set<string>> {
  const found = new Set<string>();
  let after: string | undefined;
  do {
    const { ids, next } = await services.ticket.ids('bookings', { eventId, after, limit: 500 });
    for (const id of ids) found.add(id);
    after = next;
  } while (after !== undefined);
  return found;
}
