import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WithStartWorkflowOperation, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { BulkheadRejectedError, bulkhead } from 'cockatiel';
import type { Connection } from 'mongoose';
import type { BookingCall, BookingReason } from '../../../lib/contracts/booking.ts';
import { CalleeAway } from '../../../lib/http/circuit.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import { batchedReads } from '../../../lib/mongo/batched-reads.ts';
import {
  answerMarginMs,
  type BookingInput,
  bookingWorkflowOptions,
  bookingWorkflowType,
  reserve,
} from '../../../workflows/booking/booking.messages.ts';
import type { Booking } from '../models/booking.ts';
import { type BookingLedger, isOver } from '../models/booking-ledger.ts';
import type { Customers } from '../models/customers.ts';
import { type FindEvent, isOnSale } from '../models/event.ts';
import { type Seat, seatModel } from '../models/seat.ts';
import { type Pass, SeatGate } from './seat-gate.ts';

export type BookAnswer =
  | { outcome: 'booking'; booking: Booking }
  /** Refused at the door: nothing was started and nothing written. */
  | { outcome: 'refused'; reason: BookingReason; seatIds?: string[]; canQueue?: boolean }
  | { outcome: 'unknown_event' }
  | { outcome: 'unknown_seats'; seatIds: string[] }
  /** Nothing was started: there is no room for one more booking now, or Temporal is known to be away. */
  | { outcome: 'turned_away'; why: 'overloaded' | 'temporal_unavailable' }
  /** It may have been started; its document will tell. */
  | { outcome: 'unknown' };

interface Dependencies {
  connection: Connection;
  bookings: BookingLedger;
  customers: Customers;
  findEvent: FindEvent;
  temporal: Client;
  /** Bookings that wait for their workflow's answer at once, in this process. */
  bookingsInFlight: number;
  log: Logger;
}

type SeenSeat = Pick<Seat, 'eventId' | 'seatId' | 'status' | 'holder' | 'closed'>;
type SeatKey = Pick<Seat, 'eventId' | 'seatId'>;
const seatKey = ({ eventId, seatId }: SeatKey): string => `${eventId}/${seatId}`;

/** How often the gate looks whether the first booking has taken the seat. */
const gateLookMs = 15;

function turnedAwayBy(error: unknown): BookAnswer | undefined {
  if (error instanceof BulkheadRejectedError) return { outcome: 'turned_away', why: 'overloaded' };
  const notCalled = error instanceof CalleeAway && !error.wasSent;
  return notCalled ? { outcome: 'turned_away', why: 'temporal_unavailable' } : undefined;
}

export type BookSeats = ReturnType<typeof createBookSeats>;

/** The booking call: docs/protocols.md, "The booking call", 3 and 4. */
export function createBookSeats(parts: Dependencies) {
  const { connection, bookings, customers, findEvent, temporal, log } = parts;
  const seats = seatModel(connection);
  const gate = new SeatGate();
  // Nobody queues for room: who is told to come back at once is served sooner than who waits behind thousands.
  const room = bulkhead(parts.bookingsInFlight, 0);

  // A crowd asks for the same few things: what waits for the same moment is read together.
  const readSeats = batchedReads(seatKey, async (keys: SeatKey[]) => {
    const seatIdsOf = (eventId: string) => keys.filter((key) => key.eventId === eventId).map((key) => key.seatId);
    const eventIds = [...new Set(keys.map((key) => key.eventId))];
    const found = await seats
      .find({ $or: eventIds.map((eventId) => ({ eventId, seatId: { $in: seatIdsOf(eventId) } })) })
      .select({ eventId: 1, seatId: 1, status: 1, holder: 1, closed: 1 })
      .lean<SeenSeat[]>();
    return new Map(found.map((seat) => [seatKey(seat), seat]));
  });
  const readEvents = batchedReads(String, async (eventIds: string[]) => {
    const found = await Promise.all(eventIds.map(async (eventId) => [eventId, await findEvent(eventId)] as const));
    return new Map(found);
  });
  const readBookings = batchedReads(String, (bookingIds: string[]) => bookings.findMany(bookingIds));

  const read = async ({ eventId, seatIds }: BookingCall): Promise<SeenSeat[]> => {
    const found = await readSeats(seatIds.map((seatId) => ({ eventId, seatId })));
    return found.filter((seat) => seat !== undefined);
  };

  /** Looks at the seats, writing nothing: most of a crowd that wants one seat ends here. */
  async function lookAtSeats(call: BookingCall): Promise<BookAnswer | undefined> {
    const found = await read(call);
    const missing = call.seatIds.filter((seatId) => !found.some((seat) => seat.seatId === seatId));
    if (missing.length > 0) return { outcome: 'unknown_seats', seatIds: missing };
    const others = found.filter(({ holder }) => !(holder?.kind === 'booking' && holder.bookingId === call.bookingId));
    const closed = others.filter((seat) => seat.closed);
    if (closed.length > 0) return refused('seat_closed', closed);
    const taken = others.filter((seat) => seat.status !== 'OPEN');
    if (taken.length > 0) return { ...refused('seat_taken', taken), canQueue: true };
    return undefined;
  }

  const refused = (reason: BookingReason, which: Array<{ seatId: string }>) => ({
    outcome: 'refused' as const,
    reason,
    seatIds: which.map((seat) => seat.seatId),
  });

  /** Starts the workflow, or attaches to the one that runs, and waits for its answer for as long as the caller does. */
  async function reserveSeats(call: BookingCall): Promise<void> {
    const { bookingId, customerId, eventId } = call;
    const seatIds = [...call.seatIds].sort();
    const startBefore = Date.parse(call.startBefore);
    const input: BookingInput = { bookingId, customerId, eventId, seatIds, startBefore };
    const startWorkflowOperation = new WithStartWorkflowOperation(bookingWorkflowType, {
      ...bookingWorkflowOptions(input),
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
    await temporal.connection.withDeadline(startBefore - answerMarginMs, () =>
      temporal.workflow.executeUpdateWithStart(reserve, { startWorkflowOperation, updateId: bookingId }),
    );
  }

  /** Only a returned value is an outcome (K-4): whatever else came of the call, the document is read. */
  async function callAndRead(call: BookingCall): Promise<BookAnswer> {
    let turnedAway: BookAnswer | undefined;
    try {
      await room.execute(async () => {
        await customers.remember(call.customerId, call.customerName);
        await reserveSeats(call);
      });
    } catch (error) {
      turnedAway = turnedAwayBy(error);
      if (!turnedAway && !(error instanceof WorkflowExecutionAlreadyStartedError)) {
        log.warn({ bookingId: call.bookingId, reason: (error as Error).message }, 'no answer from the workflow yet');
      }
    }
    const booking = await bookings.find(call.bookingId);
    return booking ? { outcome: 'booking', booking } : (turnedAway ?? { outcome: 'unknown' });
  }

  /** Holds the gate until the call has ended or, where somebody waits for them, the seats no longer read OPEN. */
  async function callThroughGate(call: BookingCall, { wanted, open }: Pass): Promise<BookAnswer> {
    let ended = false;
    const answer = callAndRead(call).finally(() => {
      ended = true;
    });
    const look = async () => {
      await Promise.race([wanted, answer]);
      while (!ended) {
        await delay(gateLookMs);
        const found = await read(call);
        if (found.every((seat) => seat.status !== 'OPEN')) return;
      }
    };
    // A look that fails opens the gate: the ledger refuses whom the gate lets through too early.
    look().then(open, open);
    return answer;
  }

  async function atTheDoor(call: BookingCall): Promise<BookAnswer | undefined> {
    if (Date.now() > Date.parse(call.startBefore)) return { outcome: 'refused', reason: 'too_late' };
    const [event] = await readEvents([call.eventId]);
    if (!event) return { outcome: 'unknown_event' };
    if (!isOnSale(event, new Date())) return { outcome: 'refused', reason: 'not_on_sale' };
    return lookAtSeats(call);
  }

  return async (call: BookingCall): Promise<BookAnswer> => {
    const keys = call.seatIds.map((seatId) => seatKey({ eventId: call.eventId, seatId }));
    for (;;) {
      const refusal = await atTheDoor(call);
      // Read after the seats: what they show may be the work of this very booking, begun by an earlier call or beside us.
      const [known] = await readBookings([call.bookingId]);
      if (known) {
        const settled = isOver(known.status) || known.status === 'AWAITING_PAYMENT';
        return settled ? { outcome: 'booking', booking: known } : callAndRead(call);
      }
      if (refusal) return refusal;
      const pass = gate.tryEnter(keys);
      if (pass) return callThroughGate(call, pass);
      await gate.opened(keys);
    }
  };
}
