import { byHand, kindsOf, look } from './kind.ts';

const terminated = 'Its workflow was terminated, or Temporal has lost it';
const wake = 'The sweep of ticket-app wakes its queue within 25 s: see that it runs (kursi status).';
const wakeNow = 'npm run audit -- --fix wakes its queue, which looks, and ends where nobody waits.';
const giveBack = 'npm run audit -- --fix has it given back by the workflow that does so for orphaned bookings.';

/** I3: whatever is held, waited for or worked on comes to an end. */
export const holds = kindsOf({
  overdue: {
    invariant: 'I3',
    cause: 'Its workflow waits for a neighbour that is away, or no worker takes its next step.',
    help: `${look} tells the step; bring back whom it waits for (kursi status).`,
  },
  overdue_alone: {
    invariant: 'I3',
    cause: terminated,
    help: 'kursi hold release {booking}: voids the invoice, then gives the seats back; touches nothing if it is paid.',
    fix: 'release_hold',
  },
  alone_in_time: {
    invariant: 'I3',
    cause: terminated,
    help: 'The buyer may still pay, and would have the money back. When its time is over: kursi hold release {booking}, or --fix.',
  },
  sale_unfinished: {
    invariant: 'I3',
    cause: terminated,
    help: 'It was paid and its ticket begun: npm run audit -- --fix, or kursi webhooks replay --booking {booking} --delivered, finishes the sale.',
    fix: 'finish_sale',
  },
  cancelling_stands: {
    invariant: 'I3',
    cause: 'Its cancellation waits for a neighbour, or no worker takes its next step.',
    help: `The sweep of ticket-app carries it on by itself: see that ticket-app and a worker run (kursi status), then ${look}.`,
  },
  refund_alone: {
    invariant: 'I3',
    cause: terminated,
    help: 'The audit with --fix has it asked about again where the payment app knows of it; else the sweep asks within 5 minutes.',
    fix: 'give_back',
  },
  payable_after_end: {
    invariant: 'I3',
    cause: 'The booking ended and its invoice was never voided: the workflow was cut short between the two.',
    help: giveBack,
    fix: 'give_back',
  },
  end_unheard: {
    invariant: 'I3',
    cause: 'Nobody will pay any more, and the workflow of the booking was not told: its webhook has not arrived.',
    help: 'kursi webhooks replay --booking {booking} sends it again; without one the workflow asks when its hold ends.',
    fix: 'send_again',
  },
  end_unheard_alone: {
    invariant: 'I3',
    cause: terminated,
    help: 'Nobody will pay any more: kursi hold release {booking} gives back what it holds.',
    fix: 'release_hold',
  },
  payment_stands: {
    invariant: 'I3',
    cause:
      'A payment is being processed, and nothing is left of the try that would end it: the invoice was changed by hand.',
    help: 'Ask the gateway for its outcome; the invoice is that of {booking}.',
  },
  refund_stands: {
    invariant: 'I3',
    cause: 'A refund is under way, and its next try is not planned: the invoice was changed by hand.',
    help: 'Ask the gateway whether the money went back; the invoice is that of {booking}.',
  },
  give_back_under_way: {
    invariant: 'I3',
    cause: 'Its workflow gives it back, and waits for a neighbour that is away, or no worker takes its next step.',
    help: `Nothing beside it must: ${look} tells the step; bring back whom it waits for (kursi status).`,
  },
  seat_kept: {
    invariant: 'I3',
    cause: 'The release of the seat was cut short, or its booking was lost from the database.',
    help: giveBack,
    fix: 'give_back',
  },
  seat_of_nobody: {
    invariant: 'I3',
    cause: `The seat is neither free nor anybody's: ${byHand}.`,
    help: 'Find its last booking in the logs (seat {seat}); close the seat until it is settled.',
  },
  empty_queue: {
    invariant: 'I3',
    cause: 'The last one left, and the look that follows was lost.',
    help: wakeNow,
    fix: 'wake_waitlist',
  },
  waits_for_closed: {
    invariant: 'I3',
    cause: 'The seat was closed, and its queue was not told.',
    help: wake,
    fix: 'wake_waitlist',
  },
  waits_for_open: {
    invariant: 'I3',
    cause: 'A join landed after the seat had come back, and nobody looked again.',
    help: wake,
    fix: 'wake_waitlist',
  },
  seat_ignores_queue: {
    invariant: 'I3',
    cause: 'The mark on the seat was lost: a release would open it past those who wait.',
    help: wakeNow,
    fix: 'wake_waitlist',
  },
  offered_to_nobody: {
    invariant: 'I3',
    cause: 'The seat was handed to its queue, and the wake-up was lost, or no worker looks.',
    help: wake,
    fix: 'wake_waitlist',
  },
  offer_stands: {
    invariant: 'I3',
    cause: "The end of the offer's booking was never told to the queue, or that booking was never started.",
    help: wake,
    fix: 'wake_waitlist',
  },
  queue_alone: { invariant: 'I3', cause: terminated, help: wakeNow, fix: 'wake_waitlist' },
  queue_outlives: {
    invariant: 'I3',
    cause: 'Nobody waits, and the workflow of the queue has not looked since, or no worker takes its step.',
    help: wakeNow,
    fix: 'wake_waitlist',
  },
  hold_kept: {
    invariant: 'I3',
    cause: 'The release at the organizer was cut short, or a hold that came late was not refused.',
    help: giveBack,
    fix: 'give_back',
  },
  hold_of_no_booking: {
    invariant: 'I3',
    cause: 'kursi_ticket has lost the booking: it was restored from an older backup.',
    help: 'Restore kursi_ticket; otherwise ask the organizer to release the reference {booking}.',
  },
  hold_unsettled: {
    invariant: 'I3',
    cause: 'The organizer has begun with the hold or its release, and not ended: their system was killed.',
    help: 'It goes on when it is asked again, or by their own sweep: see that it runs (kursi status).',
  },
  claim_kept: {
    invariant: 'I3',
    cause: 'The organizer released the hold and kept its seat: their sweep has not run.',
    help: 'See that the organizer runs (kursi status); then tell them the seat ({seat}) and the reference {booking}.',
  },
  limit_kept: {
    invariant: 'I3',
    cause: 'The last step of giving back was cut short: the buyer may buy less than the limits say.',
    help: giveBack,
    fix: 'give_back',
  },
  limit_unpaid: {
    invariant: 'I3',
    cause: 'The booking is sold and counts as unpaid still: the buyer may begin one booking less.',
    help: 'It harms nobody else; it ends with the booking. Correct purchase_limits of kursi_ticket when nothing is sold.',
  },
  limit_uncounted: {
    invariant: 'I3',
    cause: `The buyer's purchases have lost the booking, and allow more than the limits say: ${byHand}.`,
    help: 'It harms nobody; correct purchase_limits of kursi_ticket when nothing is sold.',
  },
  entry_limit_kept: {
    invariant: 'I3',
    cause: 'The end of the place in the queue was cut short: its person may queue once less.',
    help: 'Any join of the same person looks after it; nothing else is to be done.',
  },
  entry_uncounted: {
    invariant: 'I3',
    cause: `The person's places have lost this one, and allow more than the limit says: ${byHand}.`,
    help: 'It harms nobody, and ends with the place {entry}.',
  },
  workflow_outlives: {
    invariant: 'I3',
    cause: 'Its booking is over and told, and the workflow has not ended: no worker takes its step, or a step fails.',
    help: `kursi status, then ${look}: the step it waits for.`,
  },
  workflow_lags: {
    invariant: 'I3',
    cause: 'A step changed the booking, and the workflow has not heard of it: no worker takes its next task.',
    help: 'Start a worker (kursi status). If one runs, its build may not fit this history: look at its log.',
  },
  workflow_without_booking: {
    invariant: 'I3',
    cause: 'It was started and has not taken its first step: no worker takes its tasks, or the database is away.',
    help: 'kursi status. If kursi_ticket was restored from a backup, the booking is lost: terminate the workflow.',
  },
  another_run: {
    invariant: 'I3',
    cause: 'The id was started a second time after Temporal had forgotten the first run.',
    help: 'Its run answers from the document and ends by itself as soon as a worker runs (kursi status).',
  },
  closing_alone: {
    invariant: 'I3',
    cause: terminated,
    help: 'Call the cancellation of the event ({event}) again: POST /events/{event}/cancel carries it on.',
  },
  sweep_missing: {
    invariant: 'I3',
    cause: 'The schedule was deleted: uploads that became no ticket are kept for ever.',
    help: 'Restart a worker, which makes it again, or use --fix.',
    fix: 'restore_schedule',
  },
});
