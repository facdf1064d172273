import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import { releaseAtOrganizer, releaseSeats } from '../give-back/give-back.steps.ts';
import { returnMoney, tellClientApp } from '../give-back/give-back.ts';
import { type CancellationInput, type CancellationOutcome, cancellationWorkflowId } from './cancellation.messages.ts';
import { revokeTicket, writeCancelled } from './cancellation.steps.ts';
import { CancellationDesk } from './cancellation-desk.ts';

/**
 * How a confirmed booking is cancelled: take its ticket back, write down that it is cancelled, then give back the seats
 * and the money. The ticket comes first, for one that was used at the gate refuses the cancellation. It may be started
 * again at any time; whoever cancels it from the Web UI stops nothing, for a ticket that was taken back is owed for.
 */
export async function cancellation({ bookingId }: CancellationInput): Promise<CancellationOutcome> {
  return CancellationScope.nonCancellable(async () => {
    const desk = new CancellationDesk();
    const outcome = await live(bookingId, desk);
    await condition(allHandlersFinished);
    return outcome;
  });
}

async function live(bookingId: string, desk: CancellationDesk): Promise<CancellationOutcome> {
  desk.tell('Taking the ticket back');
  const ticket = await revokeTicket(bookingId);
  if (ticket.outcome !== 'revoked') {
    desk.tell(ticket.outcome === 'ticket_used' ? 'Refused: the ticket has been used' : 'Nothing to do');
    desk.decide(ticket.outcome, ticket.status);
    return ticket.outcome;
  }
  await writeCancelled(bookingId);
  // From here on the buyer knows; neither the organizer nor the payment app is waited for to say so.
  desk.decide('cancelled', 'CANCELLED');
  desk.tell('Cancelled; giving the seats and the money back');
  await Promise.all([
    tellClientApp(bookingId, 'booking.cancelled'),
    giveSeatsBack(bookingId),
    moneyBack(bookingId, desk),
  ]);
  desk.tell('Cancelled; seats and money are given back');
  return 'cancelled';
}

/** The organizer first: a seat is not promised to anybody else while it is held there for this booking. */
async function giveSeatsBack(bookingId: string): Promise<void> {
  await releaseAtOrganizer(bookingId);
  await releaseSeats(bookingId);
}

async function moneyBack(bookingId: string, desk: CancellationDesk): Promise<void> {
  if ((await returnMoney(bookingId, desk, cancellationWorkflowId(bookingId))) === 'returned') return;
  throw new Error(`Booking ${bookingId} has a valid ticket after it was taken back.`);
}
