import { byHand, kindsOf, look } from './kind.ts';

const gateway = `Compare with the gateway's own statement; money is never moved by --fix. ${look}.`;

/** I6: a booking is charged once, for what it costs. */
export const money = kindsOf({
  charged_twice: {
    invariant: 'I6',
    cause: 'Two tries to pay were settled as paid: the payment app is at fault.',
    help: gateway,
  },
  charged_unsettled: {
    invariant: 'I6',
    cause: `A try was settled as paid and the invoice was not: ${byHand}.`,
    help: gateway,
  },
  settled_uncharged: {
    invariant: 'I6',
    cause: `The invoice says paid and no try of it was: ${byHand}.`,
    help: gateway,
  },
  refund_missing: { invariant: 'I6', cause: `The invoice says refund and has none: ${byHand}.`, help: gateway },
  refund_too_large: { invariant: 'I6', cause: `The refund is larger than what was paid: ${byHand}.`, help: gateway },
  returned_twice: {
    invariant: 'I6',
    cause: 'Two tries to return the money succeeded: the payment app is at fault.',
    help: gateway,
  },
  refund_disagrees: {
    invariant: 'I6',
    cause: `State of the invoice and outcome of its refund disagree: ${byHand}.`,
    help: gateway,
  },
  price_differs: {
    invariant: 'I6',
    cause: 'The seats were priced anew between claim and invoice, or one of the two was changed by hand.',
    help: `The buyer owes what the booking says: ${look}.`,
  },
  invoice_missing: {
    invariant: 'I6',
    cause: "payment-app's database was restored from an older backup than ticket-app's.",
    help: 'Restore kursi_payment: nobody can pay or be refunded without it ({booking}).',
  },
  invoice_differs: {
    invariant: 'I6',
    cause: `Booking and payment app name different invoices, sums or deadlines: ${byHand}.`,
    help: `payment-app is the judge of money: ${look}.`,
  },
  wakes_another: {
    invariant: 'I6',
    cause: `The invoice names another booking's workflow: its outcome would be told to that one: ${byHand}.`,
    help: `Its own workflow asks when its hold ends: ${look}.`,
  },
});
