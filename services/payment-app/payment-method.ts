import type { Static } from 'typebox';
import { oneOf } from '../../lib/contracts/primitives.ts';

/**
 * Ordinary methods have a random outcome; those named `test_…` force one, of the payment and of its refund, and the slow
 * ones take their time.
 */
export const PaymentMethod = oneOf([
  'card',
  'bank_transfer',
  'qris',
  'test_success',
  'test_decline',
  'test_slow_success',
  'test_slow_decline',
  'test_refund_fails_twice',
]);
export type PaymentMethod = Static<typeof PaymentMethod>;

export const ordinaryMethods = ['card', 'bank_transfer', 'qris'] as const satisfies readonly PaymentMethod[];
export const testMethods = [
  'test_success',
  'test_decline',
  'test_slow_success',
  'test_slow_decline',
  'test_refund_fails_twice',
] as const satisfies readonly PaymentMethod[];

export const isTestMethod = (method: PaymentMethod): boolean => method.startsWith('test_');
export const isSlowMethod = (method: PaymentMethod): boolean => method.startsWith('test_slow_');
