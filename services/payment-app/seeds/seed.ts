import type { Connection } from 'mongoose';

/**
 * The payment app has no data of its own to begin with: every invoice comes from a booking. An invented paid one would
 * be money without a ticket, which the audit rightly reports (I2). Returns how many documents were written: none.
 */
export async function seed(_connection: Connection): Promise<number> {
  return 0;
}
