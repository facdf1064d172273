import type { ReleaseHoldAnswer, ReleasePlan } from '../../../lib/contracts/operations.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes, Failure, noSuch } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export interface ReleaseOptions {
  dryRun?: boolean;
  yes?: boolean;
  note?: string;
}

/** What will be done, or what to do instead. */
const textOf: Record<ReleasePlan, (bookingId: string) => string> = {
  ask_workflow: () => 'Its workflow is asked to cancel: it voids the invoice, then gives the seats back.',
  give_back: () =>
    'Its workflow is gone. Another one voids the invoice, then ends the booking and gives the seats back.',
  cancel_again: () => 'Its cancellation was lost half way and is started again: seats and money go back.',
  nothing_held: () => 'It is over and holds nothing. There is nothing to do.',
  under_way: () =>
    'Its workflow is giving the seats back just now: look at the step it waits for (kursi booking show).',
  sold: (bookingId) =>
    `It is sold. To have its seats back, cancel it as an admin, which returns the money: POST /bookings/${bookingId}/cancel at client-app.`,
  being_paid: () => 'A payment is being processed. Wait for its outcome, then look again: kursi booking show.',
  paid_without_workflow: (bookingId) =>
    `The money has come, and nobody finishes the sale. kursi webhooks replay --booking ${bookingId} --delivered finishes it where a ticket was begun. Otherwise it returns the money; release the hold after that.`,
};

async function isConfirmed({ ask }: Terminal, question: string): Promise<boolean> {
  if (!ask) {
    throw new Failure(
      exitCodes.usage,
      'not_confirmed',
      'Nobody is here to confirm this. Say --yes, or --dry-run to look first.',
    );
  }
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());
}

function tell({ terminal }: Context, bookingId: string, answer: ReleaseHoldAnswer): ExitCode {
  const { plan, outcome, heldSeatIds, status } = answer;
  const text = textOf[plan](bookingId);
  const isBad = outcome === 'unanswered' || (outcome === 'refused' && plan !== 'nothing_held');
  const told = {
    planned: `Would be done: ${text}`,
    refused: text,
    released: `Done: the booking is ${status}, and its seats are given back.`,
    releasing: `Under way: the booking is ${status}, and still holds ${heldSeatIds.join(', ')}. Look again: kursi booking show ${bookingId}`,
    unanswered: `Nobody answered, and nobody repeats it: see that a worker runs (kursi status), then say the same again. The booking is ${status}, and holds ${heldSeatIds.join(', ')}.`,
  }[outcome];
  terminal.line(terminal.paint(isBad ? 'red' : 'green', told));
  terminal.json({ bookingId, ...answer, text: told });
  return isBad ? exitCodes.wrong : exitCodes.fine;
}

/** Gives a stuck booking's seats back, the way its workflow would. Refused once money moved. */
export async function releaseHold(context: Context, bookingId: string, options: ReleaseOptions): Promise<ExitCode> {
  const { services, terminal } = context;
  const plan = await services.ticket.releaseHold(bookingId, { dryRun: true });
  if (!plan) throw noSuch('booking', bookingId);
  if (options.dryRun || plan.outcome === 'refused') return tell(context, bookingId, plan);
  terminal.progress(`${textOf[plan.plan](bookingId)} Seats: ${plan.heldSeatIds.join(', ') || 'none'}.`);
  if (!options.yes && !(await isConfirmed(terminal, 'Release the hold?'))) {
    throw new Failure(exitCodes.wrong, 'not_confirmed', 'Nothing was done.');
  }
  const done = await services.ticket.releaseHold(bookingId, {
    dryRun: false,
    ...(options.note !== undefined && { note: options.note }),
  });
  if (!done) throw noSuch('booking', bookingId);
  return tell(context, bookingId, done);
}
