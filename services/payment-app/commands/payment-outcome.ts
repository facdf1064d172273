import { createHash } from 'node:crypto';
import type { PaymentConfig } from '../config.ts';
import type { Attempt, PaymentOutcome, RefundTry } from '../models/invoice.ts';

const forced: Partial<Record<Attempt['method'], PaymentOutcome>> = {
  test_success: 'paid',
  test_slow_success: 'paid',
  test_decline: 'declined',
  test_slow_decline: 'declined',
  test_refund_fails_twice: 'paid',
};

/** How many tries of the refund fail, by the method that paid. */
const forcedRefundFailures: Partial<Record<Attempt['method'], number>> = {
  test_success: 0,
  test_slow_success: 0,
  test_refund_fails_twice: 2,
};

/** A number from 0 to 1 that is the same whenever it is drawn. */
const draw = (seed: string, what: string): number =>
  createHash('sha256').update(`${seed}/${what}`).digest().readUIntBE(0, 6) / 2 ** 48;

/**
 * How a try ends (P2). A function of the seed and the try's id alone, so that processing it twice decides the same,
 * and a run with the same seed and ids can be repeated.
 */
export function outcomeOf(
  { attemptId, method }: Pick<Attempt, 'attemptId' | 'method'>,
  { seed, declineRate }: Pick<PaymentConfig, 'seed' | 'declineRate'>,
): PaymentOutcome {
  return forced[method] ?? (draw(seed, attemptId) < declineRate ? 'declined' : 'paid');
}

export interface RefundDraw {
  refundId: string;
  /** Which try this is, counted from 1. */
  n: number;
  /** The method that paid what is returned. */
  paidBy: Attempt['method'] | undefined;
}

/** How a try to return money ends: likewise a function of the seed, the refund's id and the try's number alone. */
export function refundOutcomeOf(
  { refundId, n, paidBy }: RefundDraw,
  { seed, refundFailureRate }: Pick<PaymentConfig, 'seed' | 'refundFailureRate'>,
): RefundTry['outcome'] {
  const failures = paidBy && forcedRefundFailures[paidBy];
  const fails = failures === undefined ? draw(seed, `refund/${refundId}/${n}`) < refundFailureRate : n <= failures;
  return fails ? 'failed' : 'succeeded';
}
