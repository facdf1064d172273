import type { Invoice } from '../../../services/payment-app/models/invoice.ts';
import { type Invariant, unless, type Violation } from '../invariant.ts';
import { byId } from '../records.ts';

const settledAsPaid = ['PAID', 'REFUNDING', 'REFUNDED'];

/** I6: a booking is charged at most once, and never gets back more than was paid. */
export const chargedOnce: Invariant = ({ invoices, bookings }) => {
  const bookingOf = byId(bookings);
  return invoices.flatMap((invoice) => [
    ...charges(invoice),
    ...returns(invoice),
    ...(invoice.tombstone ? [] : price(invoice, bookingOf.get(invoice._id)?.seats ?? [])),
  ]);
};

function charges({ _id, attempts, status }: Invoice): Violation[] {
  const paid = attempts.filter(({ outcome }) => outcome === 'paid').length;
  const isSettled = settledAsPaid.includes(status);
  return [
    ...unless('I6', paid <= 1, `The booking was charged ${paid} times.`, [_id]),
    ...unless('I6', paid === 0 || isSettled, `The booking was charged, but its invoice is ${status}.`, [_id]),
    ...unless('I6', paid > 0 || !isSettled, `The invoice is ${status}, but no payment of it succeeded.`, [_id]),
  ];
}

function returns({ _id, amount, attempts, status, refund }: Invoice): Violation[] {
  if (!refund) return unless('I6', !status.startsWith('REFUND'), `The invoice is ${status} without a refund.`, [_id]);
  const paid = attempts.filter(({ outcome }) => outcome === 'paid').length * amount;
  const times = refund.tries.filter(({ outcome }) => outcome === 'succeeded').length;
  return [
    ...unless('I6', refund.amount <= paid, `${refund.amount} go back of ${paid} that were paid.`, [_id]),
    ...unless('I6', times <= 1, `The money was returned ${times} times.`, [_id]),
    ...unless('I6', refund.amount * times <= paid, 'More money was returned than was paid.', [_id]),
    ...unless(
      'I6',
      (status === 'REFUNDED') === times > 0,
      `The invoice is ${status}, but its refund succeeded ${times} times.`,
      [_id],
    ),
  ];
}

function price({ _id, amount }: Invoice, seats: Array<{ price: { amount: number } }>): Violation[] {
  const sum = seats.reduce((total, seat) => total + seat.price.amount, 0);
  return unless('I6', sum === amount, `The invoice is for ${amount}, the seats cost ${sum}.`, [_id]);
}
