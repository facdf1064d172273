import type { ActivityInterceptors } from '@temporalio/worker';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Organizer, Organizers } from '../../activities/organizers/organizer.ts';
import type { OrganizerCode } from '../../lib/contracts/event.ts';
import type { Deliveries } from '../../services/ticket-app/models/deliveries.ts';
import type { SeatLedger } from '../../services/ticket-app/models/seat-ledger.ts';
import type { WaitlistLedger } from '../../services/ticket-app/models/waitlist-ledger.ts';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

/**
 * What the worker counts of the selling, where it happens: at the steps, and at the compare-and-sets that took effect. A
 * step whose worker is killed after it took effect may be counted once less, or once more. Labels come from closed lists.
 */
export function createWorkerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    steps: new Histogram({
      name: 'kursi_step_duration_seconds',
      help: 'Attempts at steps of workflows (activities), by how they ended',
      labelNames: ['step', 'outcome'],
      buckets: seconds,
      registers,
    }),
    bookings: new Counter({
      name: 'kursi_bookings_ended_total',
      help: 'Bookings that were confirmed, cancelled or failed, and why',
      labelNames: ['status', 'reason'],
      registers,
    }),
    seatsSold: new Counter({ name: 'kursi_seats_sold_total', help: 'Seats that became BOOKED', registers }),
    seatsReturned: new Counter({
      name: 'kursi_seats_returned_total',
      help: 'Seats that came back from a booking: to everybody, or to their waitlist',
      labelNames: ['to'],
      registers,
    }),
    organizerCalls: new Histogram({
      name: 'kursi_organizer_call_duration_seconds',
      help: 'Calls of organizers, by what they answered; unavailable: nobody knows what they did',
      labelNames: ['organizer', 'call', 'outcome'],
      buckets: seconds,
      registers,
    }),
    waitlist: new Counter({
      name: 'kursi_waitlist_changes_total',
      help: 'Changes of places in queues, by what they became; OFFERED: a seat was offered',
      labelNames: ['status'],
      registers,
    }),
    notifications: new Counter({
      name: 'kursi_notification_deliveries_total',
      help: 'Tries to deliver a webhook to client-app',
      labelNames: ['outcome'],
      registers,
    }),
  };
}

/** How a step ended a booking, as far as its name, its argument and its answer tell. */
function endOf(step: string, argument: unknown, result: unknown): { status: string; reason: string } | undefined {
  if (step === 'issueTicket' && result === 'issued') return { status: 'CONFIRMED', reason: 'paid' };
  if (step === 'writeCancelled') return { status: 'CANCELLED', reason: 'cancelled_after_sale' };
  if (step !== 'endBooking') return undefined;
  const { status, reason } = argument as { status: string; reason: string };
  return { status, reason };
}

/** Measures every attempt at a step, local ones included. */
export function measuredSteps(metrics: WorkerMetrics, step: string): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const done = metrics.steps.startTimer({ step });
        try {
          const result = await next(input);
          done({ outcome: 'done' });
          const end = endOf(step, input.args[0], result);
          if (end) metrics.bookings.inc(end);
          return result;
        } catch (error) {
          done({ outcome: 'failed' });
          throw error;
        }
      },
    },
  };
}

/** The same ledger, which counts what it sells and gives back. */
export const countedSeats = (seats: SeatLedger, { seatsSold, seatsReturned }: WorkerMetrics): SeatLedger => ({
  ...seats,
  async confirm(of) {
    const answer = await seats.confirm(of);
    if (answer === 'confirmed') seatsSold.inc();
    return answer;
  },
  async release(of) {
    const answer = await seats.release(of);
    if (answer !== 'not_held') seatsReturned.inc({ to: answer === 'opened' ? 'everybody' : 'waitlist' });
    return answer;
  },
});

/** The same ledger, which counts the changes it made. */
export function countedWaitlist(entries: WaitlistLedger, { waitlist }: WorkerMetrics): WaitlistLedger {
  const counted = <Change>(status: string, change: Change | undefined): Change | undefined => {
    if (change !== undefined) waitlist.inc({ status });
    return change;
  };
  return {
    ...entries,
    offered: async (...given) => counted('OFFERED', await entries.offered(...given)),
    requeue: async (...given) => counted('REQUEUED', await entries.requeue(...given)),
    end: async (entry, to, text) => counted(to, await entries.end(entry, to, text)),
  };
}

/** The same record of deliveries, which counts them. */
export const countedDeliveries = (
  deliveries: Deliveries,
  { notifications }: Pick<WorkerMetrics, 'notifications'>,
): Deliveries => ({
  ...deliveries,
  async succeed(webhookId) {
    await deliveries.succeed(webhookId);
    notifications.inc({ outcome: 'delivered' });
  },
  async fail(webhookId, lastError) {
    notifications.inc({ outcome: 'failed' });
    await deliveries.fail(webhookId, lastError);
  },
});

function measuredOrganizer(code: OrganizerCode, organizer: Organizer, metrics: WorkerMetrics): Organizer {
  async function measured<Answer>(call: string, ask: () => Promise<Answer>, outcomeOf: (answer: Answer) => string) {
    const done = metrics.organizerCalls.startTimer({ organizer: code, call });
    try {
      const answer = await ask();
      done({ outcome: outcomeOf(answer) });
      return answer;
    } catch (error) {
      done({ outcome: 'unavailable' });
      throw error;
    }
  }
  return {
    hold: (request, signal) =>
      measured(
        'hold',
        () => organizer.hold(request, signal),
        ({ outcome }) => outcome,
      ),
    release: (request, signal) =>
      measured(
        'release',
        () => organizer.release(request, signal),
        () => 'released',
      ),
    listHolds: (eventRef, signal) => organizer.listHolds(eventRef, signal),
    close: () => organizer.close(),
  };
}

/** The same organizers, each call measured. */
export const measuredOrganizers = (organizers: Organizers, metrics: WorkerMetrics): Organizers => ({
  x: measuredOrganizer('x', organizers.x, metrics),
  y: measuredOrganizer('y', organizers.y, metrics),
});
