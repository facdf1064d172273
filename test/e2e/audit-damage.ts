// Damage to the documents of an event at rest that `npm run audit -- --fix` mends: as an operator's hand, a lost write, a
// terminated workflow or an old backup would leave it.
import mongoose from 'mongoose';
import type { KindName } from '../../scripts/audit/kinds/kinds.ts';
import { bookingWorkflowId } from '../../workflows/booking/booking.messages.ts';
import { seatWaitlistWorkflowId } from '../../workflows/seat-waitlist/seat-waitlist.messages.ts';
import { sweepScheduleId } from '../../workflows/sweep/sweep.messages.ts';
import type { AuditStage, World, worlds } from './audit-stage.ts';
import { temporal } from './temporal-stage.ts';

/** Which kind is found, in what world, and what damages it. */
export type Damage = [kind: KindName, world: keyof typeof worlds, harm: (to: Harming) => Promise<unknown>];
type Harming = World & ReturnType<typeof harming>;
type Update = mongoose.mongo.UpdateFilter<{ _id: string }>;

export function harming({ databases }: AuditStage) {
  const collection = (database: keyof typeof databases, name: string) =>
    databases[database].collection<{ _id: string }>(name);
  const change = async (database: keyof typeof databases, name: string, _id: string, update: Update) => {
    const { modifiedCount } = await collection(database, name).updateOne({ _id }, update);
    if (modifiedCount !== 1) throw new Error(`Nothing was damaged in ${name}.`);
  };
  return {
    databases,
    booking: (id: string, update: Update) => change('ticket-app', 'bookings', id, update),
    ticket: (id: string, update: Update) => change('ticket-app', 'tickets', id, update),
    entry: (id: string, update: Update) => change('ticket-app', 'waitlist_entries', id, update),
    copy: (id: string, update: Update) => change('client-app', 'bookings', id, update),
    entryCopy: (id: string, update: Update) => change('client-app', 'waitlist_entries', id, update),
    invoice: (id: string, update: Update) => change('payment-app', 'invoices', id, update),
    hold: (id: string, update: Update) => change('organizer-x', 'holds', id, update),
    delivery: (id: string, update: Update) => change('ticket-app', 'webhook_deliveries', id, update),
    async seat(eventId: string, update: Update) {
      const seats = databases['ticket-app'].collection('seats');
      const { modifiedCount } = await seats.updateOne({ eventId, seatId: 'A-1-1' }, update as object);
      if (modifiedCount !== 1) throw new Error('No seat was damaged.');
    },
    collection,
  };
}

const longAgo = new Date(Date.now() - 600_000);
/** As of before the step that tells of the refund's end. */
const beforeRefunded: Update = {
  $set: { 'refund.status': 'pending' },
  $pull: { timeline: { step: 'refunded' } },
  $inc: { version: -1 },
} as Update;

async function refundUntold({ booking, copy, collection, bookingId }: Harming): Promise<void> {
  await booking(bookingId, beforeRefunded);
  await copy(bookingId, beforeRefunded);
  const webhookId = `${bookingId}.booking.refunded`;
  await collection('ticket-app', 'webhook_deliveries').deleteOne({ _id: webhookId });
  await collection('client-app', 'received_webhooks').deleteOne({ _id: webhookId });
}

/** As of between its ticket and the step that confirms it. */
async function saleUnfinished({ booking, copy, seat, collection, databases, eventId, bookingId, buyer }: Harming) {
  const beforeConfirmed: Update = {
    $set: { status: 'AWAITING_PAYMENT' },
    $unset: { ticket: 1, ticketFile: 1 },
    $pull: { timeline: { step: 'confirmed' } },
    $inc: { version: -1 },
  } as Update;
  await booking(bookingId, beforeConfirmed);
  await copy(bookingId, beforeConfirmed);
  await seat(eventId, { $set: { status: 'ON_GOING' } } as Update);
  await databases['ticket-app']
    .collection<{ _id: string }>('purchase_limits')
    .updateOne({ _id: `${eventId}/${buyer.userId}` }, { $set: { 'bookings.0.unpaid': true } });
  const webhookId = `${bookingId}.booking.confirmed`;
  await collection('ticket-app', 'webhook_deliveries').deleteOne({ _id: webhookId });
  await collection('client-app', 'received_webhooks').deleteOne({ _id: webhookId });
}

const bookings: Damage[] = [
  ['sale_unfinished', 'sold', saleUnfinished],
  [
    'overdue_alone',
    'unpaid',
    async ({ booking, invoice, copy, bookingId }) => {
      await temporal().workflow.getHandle(bookingWorkflowId(bookingId)).terminate('by hand');
      for (const damage of [booking, invoice, copy])
        await damage(bookingId, { $set: { expiresAt: longAgo } } as Update);
    },
  ],
  [
    'end_unheard_alone',
    'unpaid',
    async ({ invoice, bookingId }) => {
      await temporal().workflow.getHandle(bookingWorkflowId(bookingId)).terminate('by hand');
      await invoice(bookingId, { $set: { status: 'VOIDED' } } as Update);
    },
  ],
  [
    'payable_after_end',
    'cancelled',
    ({ invoice, bookingId }) => invoice(bookingId, { $set: { status: 'PENDING' } } as Update),
  ],
  [
    'seat_kept',
    'cancelled',
    ({ seat, eventId, bookingId, buyer }) => {
      const holder = { kind: 'booking', bookingId, customerId: buyer.userId };
      return seat(eventId, { $set: { status: 'ON_GOING', holder } } as Update);
    },
  ],
  ['hold_kept', 'cancelled', ({ hold, bookingId }) => hold(bookingId, { $set: { state: 'held' } } as Update)],
  [
    'limit_kept',
    'cancelled',
    ({ databases, eventId, bookingId, buyer }) =>
      databases['ticket-app']
        .collection<{ _id: string; bookings: object[] }>('purchase_limits')
        .updateOne(
          { _id: `${eventId}/${buyer.userId}` },
          { $push: { bookings: { bookingId, seats: 1, unpaid: true } } },
        ),
  ],
  ['refund_end_untold', 'refunded', refundUntold],
  ['refund_alone', 'refunded', refundUntold],
];

const files: Damage[] = [
  [
    'pdf_missing',
    'sold',
    ({ ticket, bookingId }) => ticket(bookingId, { $set: { fileId: new mongoose.mongo.ObjectId() } } as Update),
  ],
  ['ticket_not_fetched', 'sold', ({ copy, bookingId }) => copy(bookingId, { $set: { ticketFile: null } } as Update)],
  [
    'ticket_file_lost',
    'sold',
    ({ copy, bookingId }) =>
      copy(bookingId, { $set: { 'ticketFile.fileId': new mongoose.mongo.ObjectId() } } as Update),
  ],
];

const queues: Damage[] = [
  ['empty_queue', 'cancelled', ({ seat, eventId }) => seat(eventId, { $set: { waitlisted: true } } as Update)],
  ['seat_ignores_queue', 'queue', ({ seat, eventId }) => seat(eventId, { $set: { waitlisted: false } } as Update)],
  [
    'waits_for_closed',
    'queue',
    ({ seat, eventId }) => seat(eventId, { $set: { closed: { reason: 'broken' } } } as Update),
  ],
  [
    'queue_alone',
    'queue',
    ({ eventId }) =>
      temporal()
        .workflow.getHandle(seatWaitlistWorkflowId({ eventId, seatId: 'A-1-1' }))
        .terminate('by hand'),
  ],
  [
    'offer_stands',
    'declined',
    async ({ entry, entryCopy, entryId }) => {
      const update = { $set: { status: 'OFFERED', active: true }, $unset: { endedAt: 1 } } as Update;
      await entry(entryId, update);
      await entryCopy(entryId, update);
    },
  ],
  [
    'queue_outlives',
    'queue',
    async ({ entry, entryCopy, collection, databases, entryId }) => {
      const update = { $set: { status: 'LEFT', active: false, endedAt: new Date() } } as Update;
      await entry(entryId, update);
      await entryCopy(entryId, update);
      const { customerId } = (await collection('ticket-app', 'waitlist_entries').findOne({
        _id: entryId,
      })) as unknown as {
        customerId: string;
      };
      await databases['ticket-app'].collection<{ _id: string }>('waiting_limits').deleteOne({ _id: customerId });
    },
  ],
];

const news: Damage[] = [
  [
    'copy_missing',
    'sold',
    ({ collection, bookingId }) => collection('client-app', 'bookings').deleteOne({ _id: bookingId }),
  ],
  [
    'copy_behind',
    'cancelled',
    ({ copy, bookingId }) => copy(bookingId, { $set: { status: 'AWAITING_PAYMENT', version: 3 } } as Update),
  ],
  [
    'copy_differs',
    'cancelled',
    ({ copy, bookingId }) => copy(bookingId, { $set: { reason: 'not_on_sale' } } as Update),
  ],
  [
    'entry_copy_differs',
    'queue',
    ({ entryCopy, entryId }) => entryCopy(entryId, { $set: { status: 'LEFT' } } as Update),
  ],
  [
    'unanswered',
    'unpaid',
    ({ copy, bookingId }) =>
      copy(bookingId, { $set: { status: 'REQUESTED', version: 0, startBefore: longAgo } } as Update),
  ],
  [
    'entry_unanswered',
    'queue',
    ({ entryCopy, entryId }) =>
      entryCopy(entryId, { $set: { status: 'REQUESTED', version: 0, joinBefore: longAgo } } as Update),
  ],
  [
    'undelivered',
    'sold',
    ({ delivery, bookingId }) => delivery(`${bookingId}.booking.confirmed`, { $set: { deliveredAt: null } } as Update),
  ],
  [
    'never_told',
    'cancelled',
    async ({ collection, copy, bookingId }) => {
      await collection('ticket-app', 'webhook_deliveries').deleteOne({ _id: `${bookingId}.booking.cancelled` });
      await copy(bookingId, { $set: { status: 'AWAITING_PAYMENT', version: 3 } } as Update);
    },
  ],
  [
    'outcome_undelivered',
    'sold',
    ({ invoice, bookingId }) => invoice(bookingId, { $set: { 'deliveries.0.status': 'exhausted' } } as Update),
  ],
];

export const damages: Damage[] = [
  ...bookings,
  ...files,
  ...queues,
  ...news,
  ['sweep_missing', 'cancelled', () => temporal().schedule.getHandle(sweepScheduleId).delete()],
];
