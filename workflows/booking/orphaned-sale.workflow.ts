import { CancellationScope, log, setCurrentDetails } from '@temporalio/workflow';
import { tellClientApp } from '../give-back/give-back.ts';
import { confirmSeats, issueTicket, tellWaitlist } from './booking.steps.ts';
import type { OrphanedSaleInput, OrphanedSaleOutcome } from './orphaned-sale.messages.ts';

/**
 * Finishes a sale whose workflow is gone (terminated, or lost with Temporal's history) after the ticket was begun: it was
 * paid, and a valid ticket bars a refund, so what is left to do is what that workflow would have done. It may be started
 * again at any time.
 */
export async function orphanedSale({ bookingId, isOffer }: OrphanedSaleInput): Promise<OrphanedSaleOutcome> {
  return CancellationScope.nonCancellable(async () => {
    setCurrentDetails('Confirming the seats');
    if ((await confirmSeats(bookingId)) === 'lost') {
      log.error('a booking with a valid ticket has lost a seat', { bookingId });
      return 'lost';
    }
    setCurrentDetails('Making the ticket');
    if ((await issueTicket(bookingId)) === 'revoked') return 'revoked';
    setCurrentDetails('Confirmed; telling the Client App');
    await Promise.all([tellClientApp(bookingId, 'booking.confirmed'), isOffer ? tellWaitlist(bookingId) : undefined]);
    setCurrentDetails('Confirmed');
    return 'confirmed';
  });
}
