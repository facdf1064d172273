// How something that must not be is planted into the records of a settled event, and what follows for the audit.
import { expect } from 'chai';
import type { AuditScope } from '../../../scripts/audit/audit.ts';
import type { KindName } from '../../../scripts/audit/kinds/kinds.ts';
import type { Databases } from '../../../scripts/audit/records.ts';
import type { RunningWorkflow } from '../../../scripts/audit/running-workflows.ts';
import type { DatabaseName } from '../../../scripts/system/databases.ts';
import { bookingWorkflowId } from '../../../workflows/booking/booking.messages.ts';
import { minute } from '../settled-clock.ts';
import { type SettledEvent, settledWorkflows } from '../settled-event.ts';

type Change = Record<string, unknown>;

/** Which kind is found, what is planted, how, and what the audit is told besides. */
export type Planted = [
  kind: KindName,
  what: string,
  plant: (to: Planting) => Promise<unknown>,
  scope?: (to: Planting) => AuditScope,
];

export type Planting = ReturnType<typeof plantingIn>;

export function plantingIn(databases: Databases, event: SettledEvent) {
  const collection = (database: DatabaseName, name: string) => databases[database].collection<{ _id: string }>(name);
  const set = async (database: DatabaseName, name: string, id: string, change: Change) => {
    const { modifiedCount } = await collection(database, name).updateOne({ _id: id }, { $set: change });
    expect(modifiedCount).to.equal(1);
  };
  const { eventId } = event;
  const claim = async (change: Change) => {
    const claims = databases['organizer-x'].collection('seat_claims');
    const { modifiedCount } = await claims.updateOne({ event: `ref-${eventId}` }, { $set: change });
    expect(modifiedCount).to.equal(1);
  };
  return {
    event,
    databases,
    collection,
    set,
    claim,
    booking: (id: string, change: Change) => set('ticket-app', 'bookings', id, change),
    entry: (id: string, change: Change) => set('ticket-app', 'waitlist_entries', id, change),
    ticket: (id: string, change: Change) => set('ticket-app', 'tickets', id, change),
    invoice: (id: string, change: Change) => set('payment-app', 'invoices', id, change),
    hold: (id: string, change: Change) => set('organizer-x', 'holds', id, change),
    copy: (id: string, change: Change) => set('client-app', 'bookings', id, change),
    entryCopy: (id: string, change: Change) => set('client-app', 'waitlist_entries', id, change),
    async seat(seatId: string, change: Change) {
      await databases['ticket-app'].collection('seats').updateOne({ eventId, seatId }, { $set: change });
    },
    /** The seat A-2 is all free: whatever holds it is planted. */
    remove: (database: DatabaseName, name: string, id: string) => collection(database, name).deleteOne({ _id: id }),
    workflows: (more: Record<string, RunningWorkflow> = {}) => ({
      workflows: new Map([...settledWorkflows(event), ...Object.entries(more)]),
    }),
    /** That the workflow of a booking runs. */
    running: (bookingId: string, more: Partial<RunningWorkflow> = {}) => ({
      workflows: new Map<string, RunningWorkflow>([
        ...settledWorkflows(event),
        [bookingWorkflowId(bookingId), { runId: 'r', startedAt: minute(0), eventId, ...more }],
      ]),
    }),
  };
}

export const step = (n: number, name: string) => ({ at: minute(n), step: name, text: name });
export const inAMinute = () => new Date(Date.now() + 60_000);
