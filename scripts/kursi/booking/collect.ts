import type { InvoiceView } from '../../../lib/contracts/invoice.ts';
import type { BookingInHistory, BookingInTicketing } from '../../../lib/contracts/operations.ts';
import { type Delivery, findDeliveries } from '../deliveries.ts';
import { Failure, noSuch } from '../failure.ts';
import type { Services } from '../services.ts';
import type { WorkflowRun, Workflows } from '../workflows.ts';

/** A booking as each service has it. Null: it has none; undefined: it could not be asked. */
export interface WholeBooking {
  bookingId: string;
  history: BookingInHistory | null | undefined;
  ticketing: BookingInTicketing | null | undefined;
  invoice: InvoiceView | null | undefined;
  /** payment-app's webhooks about it. */
  paymentDeliveries: Delivery[] | undefined;
  workflows: WorkflowRun[] | undefined;
  /** Who could not be asked, and why. */
  away: Record<string, string>;
}

/** Asks everybody at once; who is away is told, and holds up nobody else. */
export async function collectBooking(
  services: Services,
  workflows: Workflows,
  reference: string,
): Promise<WholeBooking> {
  const away: Record<string, string> = {};
  async function from<Answer>(name: string, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Failure && error.code === 'not_let_in') throw error;
      away[name] = (error as Error).message;
      return undefined;
    }
  }
  const history = await from('client-app', async () => (await services.client.booking(reference)) ?? null);
  const isNumber = reference.startsWith('KRS-');
  if (isNumber && history === undefined)
    throw new Failure(1, 'service_away', `${away['client-app']} Use the booking's id: only client-app knows numbers.`);
  if (isNumber && history === null) throw noSuch('booking', reference);
  const bookingId = history?.bookingId ?? reference;
  const [ticketing, invoice, paymentDeliveries, runs] = await Promise.all([
    from('ticket-app', async () => (await services.ticket.booking(bookingId)) ?? null),
    from('payment-app', async () => (await services.payment.invoice(bookingId)) ?? null),
    from('payment-app', async () => {
      const bookingIds = new Set([bookingId]);
      return (await findDeliveries(services, { from: 'payment-app', bookingIds, delivered: true, limit: 100 }))
        .deliveries;
    }),
    from('Temporal', () => workflows.ofBooking(bookingId)),
  ]);
  const isUnknown = history === null && ticketing === null && invoice === null && runs?.length === 0;
  if (isUnknown) throw noSuch('booking', reference);
  return { bookingId, history, ticketing, invoice, paymentDeliveries, workflows: runs, away };
}
