// What tests order at organizer X, and read of it: over its control, as an operator does.
import { system } from '../engines.ts';
import { call } from './stage.ts';

const controlX = (path: string, body?: unknown) =>
  call<{ holds: Array<{ reference: string; state: string; seats: string[] }> }>(
    `${system().urls.organizerX}/control${path}`,
    { token: system().env.ORGANIZER_X_API_KEY, ...(body !== undefined && { body }) },
  );

/** What organizer X has on record for an event: reference, seats and state of each hold. */
export async function holdsAtX(eventId: string): Promise<Array<{ reference: string; state: string; seats: string[] }>> {
  return (await controlX(`/holds?event=ref-${eventId}&limit=100`)).body.holds;
}

/** Orders a fault at organizer X: `times` calls about this event (or this booking) fail in that way. */
export async function faultAtX(order: {
  eventId: string;
  fault: '503' | 'cut' | 'timeout' | 'rubbish' | 'refuse';
  call?: 'hold' | 'release';
  times?: number;
}): Promise<void> {
  const { eventId, ...rest } = order;
  const { status, body } = await controlX('/faults', { event: `ref-${eventId}`, ...rest });
  if (status !== 201) throw new Error(`The fault was not ordered: ${status} ${JSON.stringify(body)}`);
}

export const sellElsewhereAtX = (eventId: string, seats: string[]) =>
  controlX('/sold-elsewhere', { event: `ref-${eventId}`, seats });
