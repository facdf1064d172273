import type { WaitlistWebhook } from '../../../lib/contracts/waitlist.ts';
import { presentEntry } from '../presenters/waitlist-entry.ts';
import { type ClientAppWebhooks, createDeliverWebhook } from './deliver-webhook.ts';
import type { ReadWaitlist } from './read-waitlist.ts';

export type DeliverWaitlistNews = ReturnType<typeof createDeliverWaitlistNews>;

/** Tells client-app of a place in a queue as it is now. Rejects when that was not acknowledged: repeat it. */
export function createDeliverWaitlistNews({ read, ...clientApp }: ClientAppWebhooks & { read: ReadWaitlist }) {
  const deliver = createDeliverWebhook(clientApp);
  return async (entryId: string, webhookId: string, type: WaitlistWebhook['type']): Promise<void> => {
    const found = await read.place(entryId);
    if (!found) throw new Error(`There is no entry ${entryId} to tell of.`);
    const body = { type, ...presentEntry(found) } satisfies WaitlistWebhook;
    await deliver({ webhookId, subject: { entryId }, type, body });
  };
}
