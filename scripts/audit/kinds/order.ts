import { byHand, kindsOf } from './kind.ts';

const explain =
  'Nothing is taken back. The timelines of both say who was there when: explain it to whoever was passed over.';

/** I4: whose turn it was. What happened cannot be mended. */
export const order = kindsOf({
  place_twice: { invariant: 'I4', cause: `Two joins got one number of the seat: ${byHand}.`, help: explain },
  joined_in_disorder: { invariant: 'I4', cause: `Numbers and times of joining disagree: ${byHand}.`, help: explain },
  passed_over: {
    invariant: 'I4',
    cause: 'The queue offered the seat past somebody who was in it: a fault of the code, please report it.',
    help: explain,
  },
  sniped: {
    invariant: 'I4',
    cause: 'The seat was open while somebody waited: a release did not see the mark of the queue.',
    help: explain,
  },
  promoted_twice: {
    invariant: 'I4',
    cause: `One turn was used twice: ${byHand}.`,
    help: 'Look at the history of {entry}; if both offers were real, the second one is good.',
  },
  number_ahead: {
    invariant: 'I4',
    cause: 'The seat has forgotten the joins: the next to join would get a place before this one.',
    help: 'Close the seat ({seat}) until its queue is empty, or restore the collection "seats" of kursi_ticket.',
  },
  offer_of_another: {
    invariant: 'I4',
    cause: `The booking of the offer belongs to somebody else, or to no place in a queue: ${byHand}.`,
    help: 'Look at both (kursi booking show {booking}); whoever has paid keeps the seat.',
  },
  end_differs: {
    invariant: 'I4',
    cause: 'The place ended in another way than the booking by which the seat was offered.',
    help: 'Nothing is held by it; tell its person what the booking says: kursi booking show {booking}.',
  },
  active_differs: {
    invariant: 'I4',
    cause: `The place is counted as active, or not, against its status: ${byHand}.`,
    help: 'The queue leaves it out, or never ends it: set `active` of {entry} to what its status says.',
  },
});
