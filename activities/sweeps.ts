import type { TicketRecords } from '../services/ticket-app/models/ticket-records.ts';

export type SweepActivities = ReturnType<typeof createSweepActivities>;

export function createSweepActivities({ tickets }: { tickets: TicketRecords }) {
  return {
    /** Uploads whose writer was killed before they became a ticket's file. */
    sweepOrphanedPdfs: (): Promise<number> => tickets.sweepOrphans(),
  };
}
