// The code broken on purpose, one protective rule at a time: each of these must be caught by a run of chaos.

/** A piece of the code and what stands there instead; it must be found exactly once. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

export interface Switch {
  name: string;
  /** What is switched off, in the words of docs/protocols.md. */
  what: string;
  edits: readonly Edit[];
  /** What the nemesis strikes: where the fault hides. */
  focus: string;
  /** What is found must say so: that it was caught by chance does not count. */
  caughtBy: RegExp;
}

const seatLedger = 'services/ticket-app/models/seat-ledger.ts';
const webhooks = 'services/ticket-app/commands/receive-payment-webhook.ts';
const queue = 'activities/waitlist/look-at-queue.ts';

/** Every one of them must be caught. */
export const switches: readonly Switch[] = [
  {
    name: 'no-fencing',
    what: 'a seat is released and sold without looking whose it is',
    edits: [
      {
        file: seatLedger,
        find: "const held = { $eq: ['$holder.bookingId', bookingId] };",
        replace: "const held = { $ne: ['$status', 'OPEN'] };",
      },
      {
        file: seatLedger,
        find: "const mine = { eventId, seatId, 'holder.bookingId': bookingId };",
        replace: 'const mine = { eventId, seatId };',
      },
    ],
    focus: 'stall ticketing-worker to mongodb-ticket',
    caughtBy: /^I1|one winner|sold is sold/,
  },
  {
    name: 'w1',
    what: 'writes are acknowledged before they are durable (w: 1, no journal)',
    edits: [
      {
        file: 'lib/mongo/connection.ts',
        find: "writeConcern: { w: 'majority', journal: true },",
        replace: 'writeConcern: { w: 1, journal: false },',
      },
    ],
    focus: 'kill mongodb-payment',
    caughtBy: /is gone|is not there|it is missing|never backwards|client-app knows/,
  },
  {
    name: 'not-barred',
    what: 'a claim after the release is not refused (K-2)',
    edits: [{ file: seatLedger, find: "          'barred.bookingId': { $ne: bookingId },\n", replace: '' }],
    focus: 'stall ticketing-worker to mongodb-ticket',
    caughtBy: /^I1|^I3: Seat .* for a booking that is (FAILED|CANCELLED)/,
  },
  {
    name: 'release-before-void',
    what: 'the seats are given away before the payment app has said that no money can come',
    edits: [
      {
        file: 'workflows/booking/booking.workflow.ts',
        find: "  desk.tell('Voiding the invoice');\n",
        replace:
          "  desk.tell('Voiding the invoice');\n  await releaseAtOrganizer(bookingId);\n  await releaseSeats(bookingId);\n",
      },
    ],
    focus: 'payment-app',
    caughtBy: /sold is sold: It was paid, nobody cancelled it, and it is (FAILED|CANCELLED)|^I1|one winner/,
  },
  {
    name: 'done-before-signal',
    what: 'the id of a webhook is recorded before the signal is sent',
    edits: [
      {
        file: webhooks,
        find: "throw notFound('booking');\n",
        replace: "throw notFound('booking');\n    await received.markDone(webhookId);\n",
      },
      {
        file: webhooks,
        find: 'await settleWithoutWorkflow(webhook);\n    await received.markDone(webhookId);\n',
        replace: 'await settleWithoutWorkflow(webhook);\n',
      },
    ],
    focus: 'kill ticket-app|(cut|silence) ticket-app to temporal',
    caughtBy: /sold is sold: It was paid, nobody cancelled it, and it is AWAITING_PAYMENT/,
  },
  {
    name: 'popped-before-handover',
    what: 'the first of a queue is taken out of it before the hand-over of the seat is durable',
    edits: [
      { file: queue, find: 'if (!booking) return offered(entry);', replace: "if (!booking) return { kind: 'wait' };" },
      {
        file: queue,
        find: "    if ((await seats.offer(offer)) === 'gone') return { kind: 'wait', lookAgainAt: Date.now() + goneMs };\n    return markOffered(first);\n",
        replace:
          "    const popped = await markOffered(first);\n    if ((await seats.offer(offer)) === 'gone') return { kind: 'wait', lookAgainAt: Date.now() + goneMs };\n    return popped;\n",
      },
    ],
    focus: 'kill ticketing-worker|cut ticketing-worker to mongodb-ticket',
    caughtBy: /^I3: Seat .* (OFFERED|offered)|^I3: Seat .* stands/,
  },
  {
    name: 'outcome-drawn-anew',
    what: 'how a try to pay ends is drawn anew by each process that works on it',
    edits: [
      {
        file: 'services/payment-app/commands/payment-outcome.ts',
        find: "createHash('sha256').update(",
        replace: "createHash('sha256').update(String(process.pid)).update(",
      },
    ],
    focus: 'payment',
    caughtBy: /decided once/,
  },
];

/** The text with the edit made. @throws when what is to be replaced does not stand there exactly once. */
export function edited(text: string, { file, find, replace }: Edit): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has ${times} times what is to be broken: ${find.trim().split('\n')[0]}`);
  return text.replace(find, () => replace);
}
