import { idempotencyKeyReused } from '../../../lib/http/idempotency-key.ts';
import { newId } from '../../../lib/ids.ts';
import type { Caller } from '../auth/signed-in.ts';
import type { Dependencies } from '../dependencies.ts';

/** ticket-app answers until the time that the call names; this much later its answer is not on its way any more. */
export const answerGraceMs = 1_500;

/**
 * The id of what this key of this person makes on this route: a new one, or the one it named before. `wanted` is what
 * makes two calls the same one. Throws 422 `idempotency_key_reused` for a key that was used with another body.
 */
export async function idByKey(
  { keys }: Dependencies,
  caller: Caller,
  { route, key, wanted }: { route: string; key: string; wanted: unknown },
): Promise<string> {
  const id = await keys.claim({ user: caller.userId, route, key, wanted, resultId: newId() });
  if (id === undefined) throw idempotencyKeyReused();
  return id;
}

/** Joins the call under way for this id in this process, or makes it. Across processes ticket-app tells them as one. */
export async function oneAtATime<T>(underWay: Map<string, Promise<T>>, id: string, call: () => Promise<T>): Promise<T> {
  const present = underWay.get(id);
  if (present) return present;
  const mine = call().finally(() => underWay.delete(id));
  underWay.set(id, mine);
  return mine;
}
