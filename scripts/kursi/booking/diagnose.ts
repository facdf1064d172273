import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import type { Delivery } from '../deliveries.ts';
import type { WholeBooking } from './collect.ts';

export interface Finding {
  /** `wrong`: two of them disagree, or it does not go on by itself. `slow`: it goes on, and somebody is away. */
  level: 'wrong' | 'slow';
  what: string;
  /** What to do about it. */
  todo: string;
}

/** What takes longer than this beyond its own deadline has lost whoever was to end it. */
const graceMs = 60_000;
const refundPatienceMs = 5 * 60_000;
/** A webhook is delivered in a moment. */
const deliveryPatienceMs = 30_000;
/** A step that was tried more often than this has met a neighbour that is away. */
const manyAttempts = 3;

type Check = (booking: WholeBooking, now: number) => Finding[];

const finding = (when: boolean | undefined, level: Finding['level'], what: string, todo: string): Finding[] =>
  when === true ? [{ level, what, todo }] : [];

/** A state in which somebody is still to do something. */
const isOpen = (status: string | undefined) => status === 'HOLDING' || status === 'AWAITING_PAYMENT';
const isOver = (status: string | undefined) => status === 'FAILED' || status === 'CANCELLED';
const isLate = (instant: string | undefined, ms: number, now: number) =>
  instant !== undefined && now - Date.parse(instant) > ms;
const runs = ({ workflows }: WholeBooking) => (workflows ?? []).filter(({ status }) => status === 'RUNNING');

const unasked: Check = ({ away }) =>
  Object.entries(away).flatMap(([name, why]) =>
    finding(true, 'slow', `${name} could not be asked: ${why}`, 'See which process is away: kursi status'),
  );

const historyAgrees: Check = ({ bookingId, history, ticketing }, now) => {
  const rebuild = `kursi projections rebuild --booking ${bookingId}`;
  if (history === undefined || ticketing === undefined) return [];
  if (history === null) {
    return finding(ticketing !== null, 'wrong', 'ticket-app has the booking, and client-app does not', rebuild);
  }
  if (ticketing === null) {
    const isRequested = history.version === 0;
    return finding(
      !isRequested || (history.status === 'REQUESTED' && isLate(history.updatedAt, graceMs, now)),
      'wrong',
      `client-app says ${history.status}, and ticket-app knows nothing of it`,
      isRequested
        ? 'client-app asks by itself; see that it is ready: kursi status'
        : 'Restore kursi_ticket: a booking is lost',
    );
  }
  const { version, status } = ticketing.booking;
  const isBehind = history.version < version && isLate(ticketing.changedAt, deliveryPatienceMs, now);
  const differs = history.version === version && history.status !== status;
  return [
    ...finding(isBehind, 'wrong', `client-app still says ${history.status}; it is ${status}`, rebuild),
    ...finding(differs, 'wrong', `client-app says ${history.status}, ticket-app ${status}, of one version`, rebuild),
    ...finding(
      status === 'CONFIRMED' && !history.hasTicketFile && isLate(ticketing.changedAt, deliveryPatienceMs, now),
      'wrong',
      'client-app has not stored the ticket',
      rebuild,
    ),
  ];
};

/** An open booking needs its workflow; one that is over and holds seats needs somebody, too. */
const workflowRuns: Check = (whole, now) => {
  const { bookingId, ticketing, workflows, invoice } = whole;
  if (!ticketing || workflows === undefined) return [];
  const { status, expiresAt } = ticketing.booking;
  const own = workflows.find(({ workflowId }) => workflowId === bookingWorkflowId(bookingId));
  const isAlive = runs(whole).length > 0;
  const isPaid = invoice?.status === 'PAID';
  const gone = own ? `its workflow was ${own.status}` : 'it has no workflow';
  const hasTicket = ticketing.ticket?.status === 'VALID';
  const release = `kursi hold release ${bookingId}`;
  const replay = `kursi webhooks replay --booking ${bookingId} --delivered`;
  const held = ticketing.seats.filter(({ heldBy }) => heldBy === 'this_booking').map(({ seatId }) => seatId);
  const due = status === 'HOLDING' ? ticketing.claimBefore : expiresAt;
  return [
    ...finding(
      isOpen(status) && !isAlive && isPaid && !hasTicket,
      'wrong',
      `It is paid, and ${gone}: nobody makes the ticket`,
      `Return the money: ${replay}; then ${release}`,
    ),
    ...finding(
      isOpen(status) && !isAlive && isPaid && hasTicket,
      'wrong',
      `It is paid and has a ticket, and ${gone}: nobody confirms it`,
      `Have the sale finished: ${replay}`,
    ),
    ...finding(
      isOpen(status) && !isAlive && !isPaid,
      'wrong',
      `It is ${status}, and ${gone}: its seats are stuck`,
      release,
    ),
    ...finding(
      isOpen(status) && isAlive && isLate(due, graceMs, now),
      'slow',
      `It is ${status} although its time is over`,
      'See below which step its workflow waits for, and whether a worker runs: kursi status',
    ),
    ...finding(
      isOver(status) && held.length > 0 && !isAlive,
      'wrong',
      `It is ${status} and still holds ${held.join(', ')}, and ${gone}`,
      release,
    ),
    ...finding(
      status === 'CANCELLING' && !isAlive && isLate(ticketing.changedAt, graceMs, now),
      'wrong',
      'It is being cancelled, and nobody does it',
      'ticket-app starts it again every 15 s: see that it is ready, and Temporal with it: kursi status',
    ),
  ];
};

const moneyAgrees: Check = (whole, now) => {
  const { bookingId, ticketing, invoice } = whole;
  if (!ticketing || invoice === undefined) return [];
  const { status, refund } = ticketing.booking;
  const money = invoice?.status ?? 'missing';
  const look = `Look at both by hand: one of them is wrong about money (${bookingId})`;
  return [
    ...finding(
      status === 'CONFIRMED' && money !== 'PAID',
      'wrong',
      `It is CONFIRMED, and its invoice is ${money}`,
      look,
    ),
    ...finding(
      isOver(status) && (money === 'PENDING' || money === 'PROCESSING') && runs(whole).length === 0,
      'wrong',
      `It is ${status}, and its invoice is ${money}: money may still come`,
      `kursi hold release ${bookingId}`,
    ),
    ...finding(
      isOver(status) && money === 'PAID' && runs(whole).length === 0,
      'wrong',
      `It is ${status}, it is paid, and nobody returns the money`,
      `kursi webhooks replay --booking ${bookingId} --delivered`,
    ),
    ...finding(
      refund?.status === 'pending' && isLate(refund.at, refundPatienceMs, now),
      'slow',
      `Its money is not back since ${refund?.at}, after ${invoice?.refund?.tries.length ?? 0} tries`,
      'payment-app tries until it is done: see its refunds in kursi status',
    ),
    ...finding(
      refund?.status === 'pending' && money === 'REFUNDED' && isLate(invoice?.refund?.settledAt, graceMs, now),
      'slow',
      'Its money is back, and the booking does not say so yet',
      'It asks again within the hour, or at once when the webhook is sent again: kursi webhooks replay --booking',
    ),
  ];
};

const ticketAgrees: Check = ({ ticketing }) => {
  if (!ticketing) return [];
  const { booking, ticket, seats } = ticketing;
  if (booking.status !== 'CONFIRMED') return [];
  const notSold = seats.filter(({ status, heldBy }) => status !== 'BOOKED' || heldBy !== 'this_booking');
  const todo = 'Stop selling this event and look: npm run kursi -- status, docs/operations.md';
  return [
    ...finding(
      ticket?.status !== 'VALID',
      'wrong',
      `It is CONFIRMED, and its ticket is ${ticket?.status ?? 'missing'}`,
      todo,
    ),
    ...finding(
      notSold.length > 0,
      'wrong',
      `It is CONFIRMED, and does not have ${notSold.map(({ seatId }) => seatId).join(', ')}`,
      todo,
    ),
  ];
};

const isLeft = ({ status, createdAt }: Pick<Delivery, 'status' | 'createdAt'>, now: number) =>
  status === 'exhausted' || (status === 'pending' && isLate(createdAt, deliveryPatienceMs, now));

const everybodyTold: Check = ({ ticketing, paymentDeliveries }, now) =>
  [...(ticketing?.deliveries ?? []), ...(paymentDeliveries ?? [])]
    .filter((delivery) => isLeft(delivery, now))
    .flatMap(({ webhookId, type, tries, lastError }) =>
      finding(
        true,
        'slow',
        `The webhook ${type} has not arrived after ${tries} tries (${lastError ?? 'no error yet'})`,
        `kursi deliveries retry ${webhookId}`,
      ),
    );

const stepsGoOn: Check = ({ workflows }) =>
  (workflows ?? []).flatMap(({ pending }) =>
    pending
      .filter(({ attempt }) => attempt > manyAttempts)
      .flatMap(({ step, attempt, lastFailure }) =>
        finding(
          true,
          'slow',
          `The step ${step} is at attempt ${attempt}: ${lastFailure ?? 'no failure told'}`,
          'It goes on by itself once whoever it calls is back: kursi status',
        ),
      ),
  );

const checks: readonly Check[] = [
  workflowRuns,
  moneyAgrees,
  ticketAgrees,
  historyAgrees,
  stepsGoOn,
  everybodyTold,
  unasked,
];

/** What of a booking disagrees or does not go on, the worst first. Empty: all is well. */
export function diagnose(booking: WholeBooking, now = Date.now()): Finding[] {
  const found = checks.flatMap((check) => check(booking, now));
  return [...found.filter(({ level }) => level === 'wrong'), ...found.filter(({ level }) => level === 'slow')];
}
