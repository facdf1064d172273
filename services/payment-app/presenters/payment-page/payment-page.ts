import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { newId } from '../../../../lib/ids.ts';
import { refusalOf } from '../../commands/start-payment.ts';
import type { Invoice } from '../../models/invoice.ts';
import { ordinaryMethods, type PaymentMethod, testMethods } from '../../payment-method.ts';
import { clockTime, duration, rupiah, spoken } from './wording.ts';

const eta = new Eta({ views: fileURLToPath(new URL('.', import.meta.url)), cache: true });

/** How the page looks for its payer; it follows from the invoice alone. */
export type PageState = 'payable' | 'processing' | 'paid' | 'failed' | 'expired' | 'voided' | 'refunding' | 'refunded';

const labels: Record<PaymentMethod, { name: string; hint: string }> = {
  card: { name: 'Credit or debit card', hint: 'Visa, Mastercard, JCB' },
  bank_transfer: { name: 'Bank transfer', hint: 'Virtual account of your bank' },
  qris: { name: 'QRIS', hint: 'Any e-wallet or banking app that reads QRIS' },
  test_success: { name: 'Approved', hint: 'test_success' },
  test_decline: { name: 'Declined', hint: 'test_decline' },
  test_slow_success: { name: 'Approved, slowly', hint: 'test_slow_success' },
  test_slow_decline: { name: 'Declined, slowly', hint: 'test_slow_decline' },
  test_refund_fails_twice: { name: 'Approved; a refund fails twice first', hint: 'test_refund_fails_twice' },
};
const offer = (methods: readonly PaymentMethod[]) => methods.map((value) => ({ value, ...labels[value] }));

export function pageStateOf(invoice: Invoice, now = new Date()): PageState {
  switch (invoice.status) {
    case 'PROCESSING':
      return 'processing';
    case 'PAID':
      return 'paid';
    case 'FAILED':
      return 'failed';
    case 'VOIDED':
      return 'voided';
    case 'REFUNDING':
      return 'refunding';
    case 'REFUNDED':
      return 'refunded';
    case 'PENDING':
      return refusalOf(invoice, now) === undefined ? 'payable' : 'expired';
  }
}

/** What the link opens to whoever has it. */
function footerOf(state: PageState): string {
  if (state === 'payable') return 'Whoever has this link can pay this invoice, and nothing else.';
  return 'Whoever has this link can see how this invoice stands, and nothing else.';
}

/** Seconds after which the page looks again by itself, without a script: soon while a try runs, else when time is up. */
function refreshSeconds(state: PageState, secondsLeft: number): number | undefined {
  if (state === 'processing' || state === 'refunding') return 1;
  return state === 'payable' ? secondsLeft + 1 : undefined;
}

export interface PageOptions {
  nonce: string;
  offersTestMethods: boolean;
  /** A fault in the form just sent. */
  fault?: string;
}

/** The payment page as HTML. Each rendering carries a fresh key, so that sending it twice is one try. */
export function renderPaymentPage(invoice: Invoice, { nonce, offersTestMethods, fault }: PageOptions): string {
  const now = new Date();
  const state = pageStateOf(invoice, now);
  const expiresAt = invoice.expiresAt ?? now;
  const secondsLeft = Math.max(0, Math.ceil((expiresAt.getTime() - now.getTime()) / 1000));
  const holdSeconds = Math.max(1, (expiresAt.getTime() - invoice.createdAt.getTime()) / 1000);
  const last = invoice.attempts.at(-1);
  return eta.render('./page', {
    nonce,
    state,
    footer: footerOf(state),
    fault,
    invoiceNumber: invoice.invoiceNumber,
    description: invoice.description,
    lines: invoice.lines.map(({ text, amount }) => ({ text, amount: rupiah(amount) })),
    amount: rupiah(invoice.amount),
    declined: state === 'payable' && last?.outcome === 'declined',
    triesLeft: invoice.triesLeft,
    deadline: clockTime(expiresAt, now),
    timeLeft: duration(secondsLeft),
    secondsLeft,
    percentLeft: Math.min(100, Math.round((100 * secondsLeft) / holdSeconds)),
    settledAt: last?.settledAt && clockTime(last.settledAt, now),
    refundedAt: invoice.refund?.settledAt && clockTime(invoice.refund.settledAt, now),
    refundReason: invoice.refund && spoken(invoice.refund.reason),
    methods: offer(ordinaryMethods),
    testMethods: offersTestMethods ? offer(testMethods) : [],
    attemptKey: newId(),
    refreshSeconds: refreshSeconds(state, secondsLeft),
  });
}

/** The page for a link that opens nothing, or a fault of ours. */
export function renderFaultPage(title: string, text: string, nonce: string): string {
  return eta.render('./fault', { title, text, nonce });
}
