import type { DeliveryQuery, DeliveryRow } from '../models/invoice-reader.ts';
import type { Payments } from './payments.ts';

/** A page of deliveries, the newest first. */
export const listDeliveries = ({ reader }: Payments, query: DeliveryQuery) => reader.deliveries(query);

/** Sends a delivery again at once, under its old id, its schedule begun anew. Undefined: there is none of that id. */
export async function replayDelivery({ ledger, wake }: Payments, webhookId: string): Promise<DeliveryRow | undefined> {
  const invoice = await ledger.replayDelivery(webhookId);
  const delivery = invoice?.deliveries.find((candidate) => candidate.webhookId === webhookId);
  if (!invoice || !delivery) return undefined;
  wake.deliveries();
  return { invoice, delivery };
}
