import { byHand, kindsOf, look } from './kind.ts';

const money = 'Money is never moved by --fix.';
const replay = 'kursi webhooks replay --booking {booking} --delivered';

/** I2: a ticket or a refund. */
export const tickets = kindsOf({
  ticket_and_refund: {
    invariant: 'I2',
    cause: 'A refund was begun although the ticket is valid: the revocation that comes before it is missing.',
    help: `${money} Decide with the buyer which of the two stands: ${look}.`,
  },
  ticket_unpaid: {
    invariant: 'I2',
    cause: "The ticket was made without a payment, or payment-app's database is older than ticket-app's.",
    help: `Look whether the money came at the gateway; if not, cancel the booking as an admin: ${look}.`,
  },
  paid_for_nothing: {
    invariant: 'I2',
    cause: "The payment's webhook has not been acted on: the booking's workflow was gone, and nobody began the refund.",
    help: `${money} ${replay}: ticket-app acts on it again and returns the money where there is no ticket.`,
  },
  ticket_of_ended: {
    invariant: 'I2',
    cause: 'The booking has ended, and its ticket was never taken back.',
    help: `Nobody may come in by it: note its number for the gates, then look: ${look}.`,
  },
  confirmed_without_ticket: {
    invariant: 'I2',
    cause: `The booking says CONFIRMED, and its ticket's record is gone or taken back: ${byHand}.`,
    help: `Restore the collection "tickets" of kursi_ticket, or cancel the booking as an admin: ${look}.`,
  },
  pdf_missing: {
    invariant: 'I2',
    cause: 'The upload of the PDF was swept or lost while its record stayed.',
    help: 'npm run audit -- --fix makes the same PDF again; if the event has changed since, restore GridFS (ticket_pdfs) of kursi_ticket.',
    fix: 'make_pdf',
  },
  pdf_differs: {
    invariant: 'I2',
    cause: `Booking and ticket name different PDFs: ${byHand}.`,
    help: `Compare the PDF that client-app has with the one at ticket-app before the event: ${look}.`,
  },
  used_by_a_stranger: {
    invariant: 'I2',
    cause: 'A seat was let in that is not of this booking: the record of the ticket was changed by hand.',
    help: 'Ask the gate; the scans stand on the ticket of {booking}.',
  },
  used_and_revoked: {
    invariant: 'I2',
    cause: 'A ticket was taken back after somebody had been let in by it: the record was changed by hand.',
    help: `If its money went back, settle with the organizer: ${look}.`,
  },
  revocation_unlisted: {
    invariant: 'I2',
    cause: 'The ticket was taken back without its numbers: gates that are offline would let it in.',
    help: 'Give the numbers of {booking} to the gates by hand.',
  },
  refund_not_barred: {
    invariant: 'I2',
    cause: 'A refund was begun without the record that bars a ticket: a delayed step may still make one.',
    help: `${replay}: ticket-app writes the record before it asks for the refund again, which is known by its id.`,
  },
  refund_untold: {
    invariant: 'I2',
    cause: 'The payment app returns money that the booking does not tell of: the step that asked for it was cut short.',
    help: 'The audit with --fix has the refund asked about again; it is known by its id, so none is begun.',
    fix: 'give_back',
  },
  refund_unknown: {
    invariant: 'I2',
    cause: "The booking tells of a refund that was never asked for, or payment-app's database is older.",
    help: `${money} The sweep of ticket-app asks for it within 5 minutes where a ticket was taken back (kursi status); else ${replay}.`,
  },
  refund_end_untold: {
    invariant: 'I2',
    cause: "The webhook of the refund's end was lost together with the workflow that asks about it.",
    help: 'The audit with --fix has the refund asked about again; the money is back already.',
    fix: 'give_back',
  },
  refund_differs: {
    invariant: 'I2',
    cause: `Booking and payment app name different sums: ${byHand}.`,
    help: `payment-app is the judge of money: tell the buyer what it says. ${look}.`,
  },
});
