import type { RuleName } from './rules.ts';

/** What the model finds when a rule is switched off. */
export interface Finding {
  /** Where it is found, or looked for. */
  scenarios: readonly string[];
  /** What is broken then; nothing, `because`. */
  breaks?: string;
  because?: string;
}

const found = (breaks: string, ...scenarios: string[]): Finding => ({ breaks, scenarios });
const nothing = (because: string, ...scenarios: string[]): Finding => ({ because, scenarios });

/** A rule for which nothing is found is a second bolt, or saves time: another rule, which is named, stands behind it. */
export const findings: Readonly<Record<RuleName, Finding>> = {
  barredClaim: found('I3: a seat is held for ever', 'booking'),
  claimBefore: found('I3: a seat is held for ever', 'booking'),
  repeatedClaim: found('K-1', 'booking'),
  repeatedConfirm: found('K-1', 'booking'),
  onlyHolderReleases: found('I2: money comes for a seat that has been given away', 'bookings-rival'),
  everySeatReleased: found('I3: a seat is held for ever', 'bookings-crossing'),
  confirmedStays: found('I2: the seat of a paid booking was given away', 'cancellation-early'),
  everySeatConfirmed: found('I1', 'booking-two-seats'),
  sortedClaims: found('bookings have refused each other', 'bookings-crossing'),
  organizerTombstone: found('I3: the organizer holds seats for ever', 'booking'),
  invoiceTombstone: found('can be paid for ever', 'booking'),
  voidFirst: found('I2: money comes for a seat that has been given away', 'booking'),
  unknownInvoiceVoided: found('can be paid for ever', 'booking'),
  processingAskedAgain: found('I2: money comes for a seat that has been given away', 'booking'),
  voidAnswerCounts: found('I2: b was paid and has neither ticket nor refund', 'booking'),
  compensationFirst: found('I3: the organizer holds seats for ever', 'booking'),
  organizerFirst: found('our own hold at the organizer stands in our way', 'bookings-rival'),
  cancelUnlessPaid: found('an operator who released a hold has undone the payment', 'booking-operator'),
  noStepBack: found('I3: b is AWAITING_PAYMENT for ever', 'booking'),
  settledOnce: found('I6: b is charged twice', 'booking'),
  settledAsSeen: nothing(
    'the void is asked again until it answers, whatever a try in between ends as',
    'booking-payment',
  ),
  voidRequestedEndsVoided: nothing(
    'the void is asked again until it answers, and voids what is PENDING then',
    'booking-payment',
  ),
  noTryAfterVoid: nothing(
    'what is voided is not PENDING any more (or PROCESSING, and a decline ends it)',
    'booking-payment',
  ),
  noTryAfterExpiry: nothing('the void decides, not the clock: a try that comes before it is a sale', 'booking-payment'),
  outcomeOfSeed: nothing('settledOnce: whoever loses the race writes nothing', 'booking-payment'),
  refundedOnce: found('I6', 'booking'),
  refundTriesNumbered: found('I6', 'booking'),
  webhookRecordedAfter: nothing(
    'voidAnswerCounts: the end of the hold finds what the signal would have told, minutes later',
    'booking-payment',
  ),
  closedWorkflowRefunds: found('livelock', 'booking-terminated'),
  saleFinished: found('has a valid ticket and is AWAITING_PAYMENT', 'booking-terminated'),
  ticketBarred: found('I2', 'booking-terminated'),
  noRefundBesideTicket: found('I2', 'booking'),
  issuedOnce: nothing(
    'what would follow is what the cancellation does, too; only the workflow would tell a wrong end',
    'cancellation-early',
  ),
  checkInOnlyValid: found('I2: somebody was let in', 'cancellation-early'),
  noRevokeOfUsed: found('I2: somebody was let in', 'cancellation-early'),
  revokeFirst: found('livelock', 'cancellation-early'),
  wishWritten: found('I5', 'cancellation'),
  wishesAskedAgain: found('I5', 'cancellation'),
  sweepStartsCancelling: found('is CANCELLING', 'cancellation'),
  sweepStartsOwing: found('I2', 'cancellation-terminated'),
  roundsOfCancelling: nothing(
    'noRevokeOfUsed: it was refused for a used ticket, and is refused again',
    'cancellation-late',
  ),
  roundsOfResuming: nothing('a ticket stays used, so every round is stepped back from', 'cancellation-late'),
  handover: found('I4', 'queue-rival'),
  noHandoverOfClosed: nothing('the look closes the queue, and then lets go of the seat', 'queue-closed'),
  repeatedReleaseHands: nothing('sweep: it finds a seat that stands with its waitlist, after 10 s', 'queue-closed'),
  barredOffer: found('I3', 'queue-late-look'),
  offerBefore: found('I3', 'queue-late-look'),
  noOfferOfClosed: nothing(
    'closedEndsQueue ends the queue before it; who is offered the seat just then keeps it, as any holder does',
    'queue-closed',
  ),
  waitSeq: found('I4', 'queue-rival'),
  leaveBars: found('I3', 'queue-late-look'),
  barIsNoRelease: found('I2: the seat of a paid booking was given away', 'queue-late-leave'),
  endBefore: found('I3: a seat is held for ever by ani-1, which is absent', 'queue-late-leave'),
  versionOfEntry: nothing(
    'endBefore and the bar stop a late end; a late mark is mended by the next look',
    'queue-late-leave',
  ),
  mend: found('I4', 'queue-rival'),
  countedAgain: found('I4: a booking takes a seat past its queue', 'queue-rival'),
  barredCount: found('a seat takes somebody for waiting who does not', 'queue-late-join'),
  noCountOfHolder: found('a seat takes somebody for waiting who does not', 'queue-late-buyer'),
  countBefore: found('a seat takes somebody for waiting who does not', 'queue-late-join'),
  lookAtRepeats: found('runs on', 'queue-sold'),
  childStartedAgain: found('livelock', 'queue'),
  offerIsAwaited: found('I4', 'queue-outage'),
  unmarkedOfferFound: found('livelock', 'queue'),
  closedEndsQueue: found('livelock', 'queue-closed'),
  looksOnceMore: nothing('waitSeq: who has joined since has raised it', 'queue-rival'),
  offerThenMark: nothing(
    'childStartedAgain: a marked entry without its seat fails as seat_taken, and is put back',
    'queue-closed',
  ),
  nextAttempt: found('again and again', 'queue-outage'),
  faultKeepsPlace: found('I4', 'queue-outage'),
  firstComeFirstServed: found('I4', 'queue-of-two'),
  newRunLooks: found('runs on', 'queue-continued'),
  sweep: found('I3: a seat stands with its waitlist for ever', 'queue-outage'),
};
