import { newId } from '../../lib/ids.ts';
import { signWebhook } from '../../lib/webhooks/signature.ts';
import type { Forgery } from './schedule.ts';
import type { WebhookLink } from './webhook-link.ts';

/** Older than receivers take (5 minutes). */
const oldMs = 3_600_000;
const strange = `whsec_${Buffer.from('nobody knows this one, not even us').toString('base64')}`;

/**
 * Sends the receiver what looks like the webhook that came last, and was not signed by who may. Resolves with the answer's
 * status; undefined: none has come by yet that could be imitated, or nobody answered.
 */
export async function forge(link: WebhookLink, how: Forgery): Promise<number | undefined> {
  const { last } = link;
  if (!last) return undefined;
  const text = last.body.toString();
  const id = `msg_${newId()}`;
  const forged = {
    'no signature': { headers: { 'content-type': 'application/json', 'webhook-id': id }, body: text },
    'another secret': { headers: signWebhook(strange, id, text), body: text },
    // What the thief of one message would write into it.
    'another body': {
      headers: last.headers,
      body: `${text.replace(/"invoiceStatus":"\w+"|"status":"\w+"/, '"status":"PAID"')} `,
    },
    'an old timestamp': {
      headers: { ...last.headers, 'webhook-timestamp': String(Math.floor((Date.now() - oldMs) / 1000)) },
      body: text,
    },
  }[how];
  const answer = await link
    .send({ path: last.path, headers: forged.headers, body: Buffer.from(forged.body) })
    .catch(() => undefined);
  return answer?.status;
}
