import { createHash } from 'node:crypto';
import type { PaymentConfig } from '../config.ts';
import type { Attempt, PaymentOutcome } from '../models/invoice.ts';

const forced: Partial<Record<Attempt['method'], PaymentOutcome>> = {
  test_success: 'paid',
  test_slow_success: 'paid',
  test_decline: 'declined',
  test_slow_decline: 'declined',
};

/**
 * How a try ends (P2). A function of the seed and the try's id alone, so that processing it twice decides the same,
 * and a run with the same seed and ids can be repeated.
 */
export function outcomeOf(
  { attemptId, method }: Pick<Attempt, 'attemptId' | 'method'>,
  { seed, declineRate }: Pick<PaymentConfig, 'seed' | 'declineRate'>,
): PaymentOutcome {
  const draw = createHash('sha256').update(`${seed}/${attemptId}`).digest().readUIntBE(0, 6) / 2 ** 48;
  return forced[method] ?? (draw < declineRate ? 'declined' : 'paid');
}
