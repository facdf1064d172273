import type { Step } from './step.ts';
import { bookTwoSeats } from './steps/book-two-seats.ts';
import { cancelAPaidBooking } from './steps/cancel-a-paid-booking.ts';
import { cancelUnpaidBooking } from './steps/cancel-unpaid-booking.ts';
import { declineEveryPayment } from './steps/decline-every-payment.ts';
import { lapseAndPromoteTheSecond } from './steps/lapse-and-promote-the-second.ts';
import { letHoldExpire } from './steps/let-hold-expire.ts';
import { lookAround } from './steps/look-around.ts';
import { payAndReceiveTicket } from './steps/pay-and-receive-ticket.ts';
import { promoteTheFirst } from './steps/promote-the-first.ts';
import { queueForASeat } from './steps/queue-for-a-seat.ts';
import { readHistory } from './steps/read-history.ts';
import { readWhyNotAndLeave } from './steps/read-why-not-and-leave.ts';
import { refuseSecondBuyer } from './steps/refuse-second-buyer.ts';
import { registerAndSignIn } from './steps/register-and-sign-in.ts';
import { surviveFailingOrganizer } from './steps/survive-failing-organizer.ts';

/** The demo, in the order in which it is played. */
export const story: readonly Step[] = [
  registerAndSignIn,
  lookAround,
  bookTwoSeats,
  payAndReceiveTicket,
  refuseSecondBuyer,
  surviveFailingOrganizer,
  declineEveryPayment,
  letHoldExpire,
  cancelUnpaidBooking,
  queueForASeat,
  cancelAPaidBooking,
  promoteTheFirst,
  lapseAndPromoteTheSecond,
  readWhyNotAndLeave,
  readHistory,
];
