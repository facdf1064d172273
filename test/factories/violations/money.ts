import { minute } from '../settled-clock.ts';
import type { Planted } from './planting.ts';

const paidTwice = ['a', 'b'].map((attemptId) => ({ attemptId, outcome: 'paid' }));
const succeeded = (n: number) => ({ n, at: minute(9), outcome: 'succeeded' });

export const money: Planted[] = [
  ['charged_twice', 'two charges', ({ invoice, event }) => invoice(event.sold, { attempts: paidTwice })],
  [
    'charged_unsettled',
    'a charge on a voided invoice',
    ({ invoice, event }) => invoice(event.sold, { status: 'VOIDED' }),
  ],
  [
    'settled_uncharged',
    'a paid invoice that nobody paid',
    ({ invoice, event }) => invoice(event.sold, { attempts: [] }),
  ],
  [
    'refund_missing',
    'a returned sum without a refund',
    ({ invoice, event }) => invoice(event.sold, { status: 'REFUNDED' }),
  ],
  [
    'refund_too_large',
    'more back than was paid',
    ({ invoice, event }) => invoice(event.returned, { 'refund.amount': 750_001 }),
  ],
  [
    'returned_twice',
    'money that was returned twice',
    ({ invoice, event }) => invoice(event.returned, { 'refund.tries': [succeeded(1), succeeded(2)] }),
  ],
  [
    'refund_disagrees',
    'a refund that succeeded of an invoice that is paid',
    ({ invoice, event }) => invoice(event.returned, { status: 'PAID' }),
  ],
  ['price_differs', 'an invoice of another price', ({ invoice, event }) => invoice(event.lapsed, { amount: 1 })],
  [
    'invoice_missing',
    'a booking whose invoice is lost',
    ({ remove, event }) => remove('payment-app', 'invoices', event.lapsed),
  ],
  ...[
    ['number', { invoiceNumber: 'INV-other' }],
    ['deadline', { expiresAt: minute(59) }],
  ].map(
    ([what, change]): Planted => [
      'invoice_differs',
      `an invoice with another ${what}`,
      ({ invoice, event }) => invoice(event.sold, change as Record<string, unknown>),
    ],
  ),
  [
    'wakes_another',
    "an invoice that wakes another booking's workflow",
    ({ invoice, event }) => invoice(event.sold, { workflowId: 'booking/other' }),
  ],
];
