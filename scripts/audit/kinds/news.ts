import { byHand, kindsOf } from './kind.ts';

const rebuild = 'kursi projections rebuild --booking {booking}';
const retry = 'kursi deliveries retry {webhook}';

/** I5: nothing that was acknowledged is lost, and whoever must be told has been told. */
export const news = kindsOf({
  told_and_lost: {
    invariant: 'I5',
    cause: 'A database lost a write that it had acknowledged, or was restored from a backup.',
    help: 'Restore the newest backup of it beside the running one, and compare.',
  },
  told_and_different: {
    invariant: 'I5',
    cause: 'A database lost a write that it had acknowledged, or was restored from a backup.',
    help: 'Restore the newest backup of it beside the running one, and compare.',
  },
  copy_missing: {
    invariant: 'I5',
    cause: "client-app's database was restored from a backup, or the news of an offer was lost.",
    help: rebuild,
    fix: 'rebuild_booking',
  },
  copy_behind: {
    invariant: 'I5',
    cause: 'The notification was lost, or given up, and client-app has not asked yet.',
    help: rebuild,
    fix: 'rebuild_booking',
  },
  copy_differs: {
    invariant: 'I5',
    cause: `One version, two contents: ${byHand}.`,
    help: rebuild,
    fix: 'rebuild_booking',
  },
  copy_ahead: {
    invariant: 'I5',
    cause: 'kursi_ticket was restored from an older backup than kursi_client.',
    help: 'The booking at ticket-app lacks what its buyer was told: restore a newer backup of kursi_ticket.',
  },
  entry_copy_differs: {
    invariant: 'I5',
    cause: 'News of the queue was lost, or given up, and client-app has not asked yet.',
    help: 'kursi projections rebuild --event {event}',
    fix: 'rebuild_entry',
  },
  booking_lost: {
    invariant: 'I5',
    cause: 'kursi_ticket was restored from an older backup than kursi_client, or lost the booking.',
    help: 'Restore kursi_ticket: what the booking held and cost stands at payment-app and the organizer.',
  },
  entry_lost: {
    invariant: 'I5',
    cause: 'kursi_ticket was restored from an older backup than kursi_client, or lost the place.',
    help: 'Restore kursi_ticket, or ask the person ({entry}) to queue again.',
  },
  unanswered: {
    invariant: 'I5',
    cause: 'The answer of ticket-app was lost, and the poller of client-app has not asked since.',
    help: `${rebuild}; client-app asks by itself while it runs (kursi status).`,
    fix: 'rebuild_booking',
  },
  entry_unanswered: {
    invariant: 'I5',
    cause: 'The answer of ticket-app was lost, and the poller of client-app has not asked since.',
    help: 'client-app asks by itself while it runs (kursi status).',
    fix: 'rebuild_entry',
  },
  ticket_not_fetched: {
    invariant: 'I5',
    cause: 'client-app could not fetch or keep the PDF when it was told of it.',
    help: rebuild,
    fix: 'rebuild_booking',
  },
  ticket_file_lost: {
    invariant: 'I5',
    cause: "The PDF was deleted from client-app's GridFS, or broken off, while the booking names it.",
    help: rebuild,
    fix: 'rebuild_booking',
  },
  undelivered: {
    invariant: 'I5',
    cause: 'client-app was away or refused it, and its next try is far off or was given up.',
    help: retry,
    fix: 'send_again',
  },
  news_undelivered: {
    invariant: 'I5',
    cause: 'Nobody has tried to deliver it: the poller of ticket-app does not run.',
    help: 'It is delivered by itself while ticket-app runs: kursi status.',
  },
  outcome_undelivered: {
    invariant: 'I5',
    cause: 'ticket-app was away or refused it, and the schedule of retries is slow by now or at its end.',
    help: retry,
    fix: 'send_again',
  },
  never_told: {
    invariant: 'I5',
    cause: 'The step that tells client-app was never begun: the workflow was terminated before it.',
    help: rebuild,
    fix: 'rebuild_booking',
  },
  outcome_never_told: {
    invariant: 'I5',
    cause: "A payment or refund was settled without its webhook: payment-app's document was changed by hand.",
    help: 'The booking asks about a payment when its hold ends, and about a refund every hour: kursi booking show {booking}.',
  },
  of_no_booking: {
    invariant: 'I5',
    cause: 'kursi_ticket has lost the booking, or was restored from an older backup than the others.',
    help: 'Restore kursi_ticket; what is left of the booking tells what it was: {booking}.',
  },
  of_no_event: {
    invariant: 'I5',
    cause: 'The event was deleted from kursi_ticket while seats of it stayed.',
    help: 'Restore the collection "events" of kursi_ticket: {event}.',
  },
});
