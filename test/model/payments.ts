import { bookingWorkflowId } from './booking.ts';
import { attemptAt } from './booking-activities.ts';
import type { Step } from './checker.ts';
import { paidTooLate } from './invariants.ts';
import { createInvoiceLedger, type Invoice, type SeenTry } from './invoice.ts';
import { startSale } from './orphaned-sale.ts';
import { type Activities, type Activity, change, isRunning, performStep, stall } from './workflow.ts';
import { put, type Setting, spend, the, type World } from './world.ts';

export const webhookId = (bookingId: string) => `webhook/${bookingId}`;

/** What the payment app's poller does with what is due; it reads first, and writes by compare-and-set. */
export function createPaymentActivities({ rules, seatsOf }: Setting): Activities {
  const invoices = createInvoiceLedger(rules);

  const settlePayment: Activity = (world, attempt) => {
    const { of } = attempt;
    const invoice = the(world.invoices, of);
    const seen = attempt.seen as SeenTry;
    const did = seen.willPay ? 'PAID' : 'declined';
    const settled = invoices.settleAttempt(invoice, seen);
    if (settled)
      return { world: paidTooLate(put(world, 'invoices', of, settled), of, seatsOf(of)), did, answer: 'settled' };
    const isStillOpen = invoice.status === 'PROCESSING' && invoice.attempt === seen.attempt;
    if (isStillOpen) return { world, did: 'reads it again', next: { ...attempt, seen: seenOf(invoice) } };
    return { world, did: 'finds it settled', answer: 'settled' };
  };

  const settleRefund: Activity = (world, attempt) => {
    const { of, nth = 0 } = attempt;
    const settled = invoices.settleRefund(the(world.invoices, of), nth);
    if (!settled) return { world, did: 'finds it settled', answer: 'settled' };
    return { world: put(world, 'invoices', of, settled), did: 'the money is back', answer: 'settled' };
  };

  return { settlePayment, settleRefund };
}

const seenOf = ({ attempt, voidRequested, willPay }: Invoice): SeenTry => ({ attempt, voidRequested, willPay });

/** The buyer at the payment page, the payment app's poller, and its webhooks on their way through ticket-app. */
export function createPayments(setting: Setting, activities: Activities) {
  const { rules } = setting;
  const invoices = createInvoiceLedger(rules);

  function buyerSteps(world: World, id: string): Step<World>[] {
    const { status } = the(world.bookings, id);
    // Only with AWAITING_PAYMENT the payment's address is told.
    if (status === 'absent' || status === 'HOLDING') return [];
    return [true, false].flatMap((willPay) => {
      const started = invoices.startAttempt(the(world.invoices, id), willPay);
      const label = `the buyer of ${id} tries to pay, which will be ${willPay ? 'PAID' : 'declined'}`;
      return started ? [{ label, fair: false, to: put(world, 'invoices', id, started) }] : [];
    });
  }

  /** One due piece of work: it is done, or its process stalls between reading and writing and another one takes the lease. */
  function pollerSteps(world: World, id: string): Step<World>[] {
    const invoice = the(world.invoices, id);
    const due = { activity: invoice.status === 'PROCESSING' ? 'settlePayment' : 'settleRefund', of: id, at: 'write' };
    if (invoice.status !== 'PROCESSING' && invoice.status !== 'REFUNDING') return [];
    const drawn = rules.outcomeOfSeed ? [invoice.willPay] : [true, false];
    const attempts =
      invoice.status === 'PROCESSING'
        ? drawn.map((willPay) => ({ ...due, seen: { ...seenOf(invoice), willPay } }))
        : [{ ...due, nth: invoice.refundTries + 1 }];
    return attempts.flatMap((attempt) => {
      const { world: to, did } = the(activities, due.activity)(world, attempt);
      const late = stall(world, attempt);
      return [
        { label: `payment-app, ${due.activity} of ${id}: ${did}`, fair: true, to },
        ...(late
          ? [{ label: `payment-app, ${due.activity} of ${id}: stalls before it writes`, fair: false, to: late }]
          : []),
      ];
    });
  }

  const mark = (world: World, id: string, webhook: Invoice['webhook']): World =>
    put(world, 'invoices', id, { ...the(world.invoices, id), webhook });

  /** The signal `paymentSettled`: PAID beats any decline. */
  function signal(world: World, id: string): World {
    const workflow = bookingWorkflowId(id);
    const { payment } = the(world.runs, workflow);
    const { status } = the(world.invoices, id);
    const heard = status === 'FAILED' ? 'FAILED' : 'PAID';
    if (payment === heard || payment === 'PAID') return world;
    return change(world, workflow, { payment: heard });
  }

  /** services/ticket-app/commands/receive-payment-webhook.ts: act first, record the id as done after. */
  function webhookSteps(world: World, id: string): Step<World>[] {
    const { webhook, status } = the(world.invoices, id);
    const label = (what: string) => `webhook of ${id}: ${what}`;
    if (the(world.runs, webhookId(id)).at !== 'none') return settlingWithoutWorkflow(world, id);
    if (webhook === 'pending' && !rules.webhookRecordedAfter)
      return [{ label: label('is recorded as done'), fair: true, to: mark(world, id, 'recorded') }];
    if (webhook !== 'pending' && webhook !== 'recorded') return [];
    const isClosed = !isRunning(world.runs[bookingWorkflowId(id)]);
    const owesNothing = isClosed && (status === 'FAILED' || !rules.closedWorkflowRefunds);
    const acted = isClosed ? change(world, webhookId(id), { at: 'requestRefund' }) : signal(world, id);
    const told = isClosed ? 'finds its workflow closed' : 'signals the workflow';
    const steps: Step<World>[] = [];
    if (isClosed) steps.push({ label: label(told), fair: true, to: owesNothing ? mark(world, id, 'done') : acted });
    else {
      steps.push({ label: label(told), fair: true, to: mark(acted, id, 'done') });
      if (acted !== world) steps.push({ label: label(`${told}, and will be repeated`), fair: false, to: acted });
    }
    if (webhook === 'recorded')
      steps.push({
        label: label('ticket-app is killed; a repeat is answered as done'),
        fair: false,
        to: mark(world, id, 'done'),
      });
    if (world.left.lost > 0)
      steps.push({ label: label('is given up'), fair: false, to: spend(mark(world, id, 'given_up'), 'lost') });
    return steps;
  }

  /** Nobody is there any more to act on the money: without a ticket it goes back. With one, the sale is finished. */
  function settlingWithoutWorkflow(world: World, id: string): Step<World>[] {
    return performStep(world, activities, {
      workflow: webhookId(id),
      start: attemptAt('requestRefund', id),
      hear(on, answer) {
        const settled = answer === 'has_ticket' && rules.saleFinished ? startSale(on, id) : on;
        return mark(change(settled, webhookId(id), { at: 'none' }), id, 'done');
      },
    });
  }

  return {
    steps: (world: World, id: string): Step<World>[] => [
      ...buyerSteps(world, id),
      ...pollerSteps(world, id),
      ...webhookSteps(world, id),
    ],
  };
}
