import { attemptAt } from './booking-activities.ts';
import { isOver } from './booking-document.ts';
import type { Step } from './checker.ts';
import { type Activities, change, isRunning, notStarted, performStep } from './workflow.ts';
import { put, the, type World } from './world.ts';

export const orphanedSaleId = (bookingId: string) => `orphaned-sale/${bookingId}`;

/** `finishSale` of services/ticket-app/commands/receive-payment-webhook.ts: one at a time, as often as it is asked for. */
export function startSale(world: World, bookingId: string): World {
  const workflow = orphanedSaleId(bookingId);
  const run = world.runs[workflow];
  const booking = the(world.bookings, bookingId);
  if (!run || isRunning(run) || booking.wasConfirmed || isOver(booking)) return world;
  return put(world, 'runs', workflow, { ...notStarted, at: 'confirmSeats' });
}

/** workflows/booking/orphaned-sale.workflow.ts */
export function saleSteps(world: World, activities: Activities, bookingId: string): Step<World>[] {
  const workflow = orphanedSaleId(bookingId);
  const run = world.runs[workflow];
  if (!run || !isRunning(run)) return [];
  const next: Record<string, (answer: string) => string> = {
    confirmSeats: (answer) => (answer === 'lost' ? 'closed' : 'issueTicket'),
    issueTicket: () => 'closed',
  };
  const { at } = run;
  const steps = performStep(world, activities, {
    workflow,
    start: attemptAt(at, bookingId),
    hear: (on, answer) => change(on, workflow, { at: the(next, at)(answer) }),
  });
  // As in the booking's own workflow, both are steps of one workflow task.
  if (at === 'issueTicket' && world.late.losesAnswers)
    steps.push({
      label: `${workflow}: its workflow task is lost`,
      fair: false,
      to: change(world, workflow, { at: 'confirmSeats', attempt: null }),
    });
  return steps;
}
