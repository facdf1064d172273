import { attemptAt, soldElsewhere } from './booking-activities.ts';
import type { Step } from './checker.ts';
import { createGiveBack } from './give-back.ts';
import { isOffer } from './queue.ts';
import { type Activities, change, performStep, stall } from './workflow.ts';
import { put, type Setting, spend, the, type World } from './world.ts';

export const bookingWorkflowId = (bookingId: string) => `booking/${bookingId}`;

/** workflows/booking/booking.workflow.ts, step by step; each place has the name of the activity that is performed there. */
export function createBookingWorkflow(setting: Setting, activities: Activities) {
  const { rules } = setting;
  const giveBack = createGiveBack(setting, activities);

  const end = (world: World, id: string, reason: string, refund = false): World => {
    const money = refund ? 'requestRefund' : 'none';
    return change(world, bookingWorkflowId(id), { at: 'endBooking', ending: reason, money });
  };
  const cancelledOr = (world: World, id: string, reason: string, refund = false): World =>
    end(world, id, the(world.runs, bookingWorkflowId(id)).cancel || reason, refund);

  /** Nothing is given away before the payment app has said that no money can come. */
  const voidFirst = (world: World, id: string, ending: string): World =>
    change(world, bookingWorkflowId(id), { at: rules.voidFirst ? 'voidInvoice' : 'releaseBeforeVoid', ending });

  function afterBegin(world: World, id: string, answer: string): World {
    const workflow = bookingWorkflowId(id);
    if (answer !== 'begun') return end(world, id, answer);
    if (world.holds[id] === undefined) return toInvoice(world, id);
    return change(world, workflow, { at: 'holdAtOrganizer', releasesHold: rules.compensationFirst });
  }
  const toInvoice = (world: World, id: string): World =>
    change(world, bookingWorkflowId(id), { at: world.invoices[id] === undefined ? 'awaitPayment' : 'createInvoice' });

  function afterHold(world: World, id: string, answer: string): World {
    if (answer === 'held') return toInvoice(change(world, bookingWorkflowId(id), { releasesHold: true }), id);
    return cancelledOr(world, id, answer === 'refused' ? 'organizer_refused' : 'organizer_unavailable');
  }

  function afterInvoice(world: World, id: string, answer: string): World {
    if (answer === 'created') return change(world, bookingWorkflowId(id), { at: 'awaitPayment' });
    return rules.unknownInvoiceVoided
      ? voidFirst(world, id, 'payment_unavailable')
      : cancelledOr(world, id, 'payment_unavailable');
  }

  function afterVoid(world: World, id: string, answer: string): World {
    const workflow = bookingWorkflowId(id);
    const { cancel, unlessPaid, ending } = the(world.runs, workflow);
    switch (answer) {
      case 'PROCESSING':
        return rules.processingAskedAgain
          ? change(world, workflow, { at: 'awaitSettlement' })
          : cancelledOr(world, id, ending);
      case 'PAID':
        if (!rules.voidAnswerCounts) return cancelledOr(world, id, ending);
        return cancel && !unlessPaid ? end(world, id, cancel, true) : paid(world, id);
      case 'FAILED':
        return cancelledOr(world, id, 'payment_declined');
      case 'VOIDED':
        return cancelledOr(world, id, ending);
      default:
        return cancelledOr(world, id, ending, true);
    }
  }

  const paid = (world: World, id: string): World =>
    change(world, bookingWorkflowId(id), { at: 'confirmSeats', payment: 'PAID' });

  function afterTicket(world: World, id: string, answer: string): World {
    if (answer === 'revoked') return end(world, id, 'seat_lost_after_payment', true);
    return change(world, bookingWorkflowId(id), { at: isOffer(id) ? 'tellWaitlist' : 'closed' });
  }

  function afterEnd(world: World, id: string): World {
    const workflow = bookingWorkflowId(id);
    return giveBack.begin(world, id, workflow, the(world.runs, workflow).money === 'requestRefund');
  }

  const performed: Record<string, (world: World, id: string, answer: string) => World> = {
    beginBooking: afterBegin,
    holdAtOrganizer: afterHold,
    createInvoice: afterInvoice,
    voidInvoice: afterVoid,
    confirmSeats: (world, id, answer) =>
      answer === 'lost'
        ? end(world, id, 'seat_lost_after_payment', true)
        : change(world, bookingWorkflowId(id), { at: 'issueTicket' }),
    issueTicket: afterTicket,
    endBooking: afterEnd,
  };

  function waitingForPayment(world: World, id: string): Step<World>[] {
    const workflow = bookingWorkflowId(id);
    const { payment, cancel } = the(world.runs, workflow);
    const invoice = world.invoices[id];
    const step = (label: string, to: World, fair = true): Step<World> => ({ label: `${workflow}: ${label}`, fair, to });
    if (!invoice) return outcomeWithoutInvoice(world, id);
    if (cancel) return [step('acts on the cancellation', voidFirst(world, id, cancel))];
    if (payment === 'PAID') return [step('goes on, paid', paid(world, id))];
    if (payment === 'FAILED') return [step('goes on, declined', end(world, id, 'payment_declined'))];
    const expired = put(world, 'invoices', id, { ...invoice, isExpired: true });
    return [step('the hold ends', voidFirst(expired, id, 'payment_expired'))];
  }

  /** Where a scenario is not about money: what became of the payment. */
  function outcomeWithoutInvoice(world: World, id: string): Step<World>[] {
    const label = (what: string) => `booking/${id}: ${what}`;
    const steps = [{ label: label('is paid'), fair: true, to: paid(world, id) }];
    // A rival is there to take the seat past the queue: what becomes of it then is of no interest.
    if (id === 'rival') return steps;
    steps.push({ label: label('expires unpaid'), fair: true, to: end(world, id, 'payment_expired') });
    if (world.left.outage > 0)
      steps.push({
        label: label('cannot be paid: the payment app is away'),
        fair: false,
        to: end(spend(world, 'outage'), id, 'payment_unavailable'),
      });
    return steps;
  }

  /** Hold and invoice have a minute, and a cancellation cuts them short: the attempt may go on all the same. */
  function givingUp(world: World, id: string): Step<World>[] {
    const workflow = bookingWorkflowId(id);
    const { at, attempt, cancel } = the(world.runs, workflow);
    if (!(cancel || the(world.bookings, id).isTimeOver)) return [];
    const after = change(world, workflow, { attempt: null });
    const to = at === 'holdAtOrganizer' ? afterHold(after, id, 'unknown') : afterInvoice(after, id, 'unknown');
    const late = stall(to, attempt ?? attemptAt(at, id));
    return [
      { label: `${workflow}: gives up ${at}`, fair: true, to },
      ...(late ? [{ label: `${workflow}: gives up ${at}, which goes on`, fair: false, to: late }] : []),
    ];
  }

  function steps(world: World, id: string): Step<World>[] {
    const workflow = bookingWorkflowId(id);
    const { at, ending } = the(world.runs, workflow);
    if (at === 'none' || at === 'terminated') return [];
    if (at === 'awaitPayment') return waitingForPayment(world, id);
    if (at === 'awaitSettlement') {
      if (the(world.invoices, id).status === 'PROCESSING') return [];
      return [{ label: `${workflow}: asks again`, fair: true, to: change(world, workflow, { at: 'voidInvoice' }) }];
    }
    if (at === 'releaseBeforeVoid')
      return performStep(world, activities, {
        workflow,
        start: attemptAt('releaseSeats', id),
        hear: (on) => change(on, workflow, { at: 'voidInvoice' }),
      });
    const next = performed[at];
    if (!next) return giveBack.steps(world, id, workflow);
    const start = attemptAt(at, id, at === 'endBooking' ? ending : undefined);
    const found = performStep(world, activities, { workflow, start, hear: (on, answer) => next(on, id, answer) });
    // Both are local activities of one workflow task: what is lost with it is done again from the first.
    if (at === 'issueTicket' && world.late.losesAnswers)
      found.push({
        label: `${workflow}: its workflow task is lost`,
        fair: false,
        to: change(world, workflow, { at: 'confirmSeats', attempt: null }),
      });
    if (at === 'holdAtOrganizer' || at === 'createInvoice') found.push(...givingUp(world, id));
    const refusing = at === 'holdAtOrganizer' ? soldElsewhere(world, id) : undefined;
    if (refusing) found.push({ label: `the organizer sells the seats of ${id} elsewhere`, fair: false, to: refusing });
    return found;
  }

  return { steps };
}

/** workflows/booking/booking-desk.ts: a booking that is known to be paid, or has ended, is not stopped any more. */
export function askToCancel(world: World, bookingId: string, reason: string, unlessPaid: boolean): World {
  const workflow = bookingWorkflowId(bookingId);
  const run = the(world.runs, workflow);
  const isDecided = ['endBooking', 'releaseAtOrganizer', 'releaseSeats', 'tellWaitlist', 'closed'].includes(run.at);
  if (run.at === 'none' || run.at === 'terminated' || isDecided || run.payment === 'PAID') return world;
  const hasSay = !run.cancel || (run.unlessPaid && !unlessPaid);
  const cancel = hasSay ? reason : run.cancel;
  const stillUnlessPaid = run.unlessPaid && unlessPaid;
  if (cancel === run.cancel && stillUnlessPaid === run.unlessPaid) return world;
  return change(world, workflow, { cancel, unlessPaid: stillUnlessPaid });
}
