import type { Money } from './contracts/primitives.ts';

/** "Rp 1.250.000"; the amount is in the currency's smallest unit that is in use: for IDR the rupiah itself. */
export function wordMoney(price: Money): string {
  const format = new Intl.NumberFormat('id-ID', {
    style: 'currency',
    currency: price.currency,
    maximumFractionDigits: 0,
  });
  return format.format(price.amount).replace(/\u00a0/g, ' ');
}
