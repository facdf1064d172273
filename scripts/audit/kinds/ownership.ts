import { byHand, kindsOf, look } from './kind.ts';

const settle = `Close the seat ({seat}), then settle with both people: ${look}.`;

/** I1: who has a seat. Nothing of it is mended by itself: each answer would take a seat from somebody. */
export const ownership = kindsOf({
  two_owners: {
    invariant: 'I1',
    cause: 'A claim went past the compare-and-set of the seat, or a booking ended before its seats came back.',
    help: settle,
  },
  seat_not_theirs: {
    invariant: 'I1',
    cause: `The seat was given away under its booking: ${byHand}.`,
    help: `If the booking is paid, find out who has the ticket (${look}), then cancel one of them as an admin, which returns the money.`,
  },
  seat_of_a_stranger: {
    invariant: 'I1',
    cause: `The seat names a booking that never asked for it: ${byHand}.`,
    help: `Look at both, then have the seat closed until it is settled: ${look}.`,
  },
  holder_is_another: {
    invariant: 'I1',
    cause: `Seat and booking name different people: ${byHand}.`,
    help: `The booking is the one to believe: its person has the ticket. ${look}.`,
  },
  organizer_does_not_hold: {
    invariant: 'I1',
    cause: 'The organizer ended our hold by itself, or lost it.',
    help: 'Tell the organizer the reference ({booking}) and its seats before they are sold again.',
  },
  organizer_holds_others: {
    invariant: 'I1',
    cause:
      'The organizer keeps other seats under this reference than the booking has: a hold was changed on their side.',
    help: 'Tell the organizer the reference ({booking}) and the seats of the booking.',
  },
  organizer_seat_is_free: {
    invariant: 'I1',
    cause: "The organizer's hold stands, and its seat does not: their record of seats was restored or changed.",
    help: 'Tell the organizer the reference ({booking}) and the seat ({seat}) before it is sold again.',
  },
  two_tickets: {
    invariant: 'I1',
    cause: 'Two bookings were confirmed for the seat, or a ticket that was taken back was made valid by hand.',
    help: settle,
  },
  two_holds: {
    invariant: 'I1',
    cause: 'The organizer let two references have the seat.',
    help: 'Tell the organizer both references: the one whose booking is sold is right.',
  },
  let_in_twice: {
    invariant: 'I1',
    cause: 'Two scans of one seat were recorded as its first: the record of the ticket was changed by hand.',
    help: 'Ask the gate; the scans stand on the ticket of {booking}.',
  },
});
