import { databaseOf } from '../e2e/databases.ts';
import { call, invoiceOf } from '../e2e/stage.ts';
import { system } from '../engines.ts';
import { waitUntil } from '../wait-until.ts';

interface Row {
  webhookId: string;
  status: string;
}

const token = () => system().env.PAYMENT_APP_SERVICE_SECRETS;

async function webhooksOf(bookingId: string): Promise<Row[]> {
  const url = `${system().urls.paymentApp}/webhook-deliveries?bookingId=${bookingId}`;
  return (await call<{ deliveries: Row[] }>(url, { token: token() })).body.deliveries;
}

/** Until ticket-app has taken so many outcomes of a booking's payments from the payment app. */
export const untilTold = (bookingId: string, count: number): Promise<Row[]> =>
  waitUntil(`${count} webhooks about booking ${bookingId}`, async () => {
    const taken = (await webhooksOf(bookingId)).filter(({ status }) => status === 'delivered');
    return taken.length >= count && taken;
  });

/** Until so many tries to pay have been settled. */
export const untilSettled = (bookingId: string, count: number): Promise<boolean> =>
  waitUntil(`${count} settled tries of booking ${bookingId}`, async () => {
    const { attempts } = await invoiceOf(bookingId);
    return attempts.length === count && attempts.every(({ outcome }) => outcome !== undefined);
  });

/** All of them once more, as after a crash of ticket-app between the signal and the record that it was done. */
export async function tellAgain(bookingId: string): Promise<void> {
  const received = (await databaseOf('ticket-app')).collection<{ _id: string }>('received_webhooks');
  for (const { webhookId } of await webhooksOf(bookingId)) {
    await received.deleteOne({ _id: webhookId });
    const url = `${system().urls.paymentApp}/webhook-deliveries/${webhookId}/replay`;
    const { status, body } = await call(url, { token: token(), body: {} });
    if (status >= 300) throw new Error(`Webhook ${webhookId} was not told again: ${status} ${JSON.stringify(body)}`);
  }
}
