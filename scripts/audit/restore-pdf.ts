import { createHash, type KeyObject } from 'node:crypto';
import type { Connection } from 'mongoose';
import { createTicketOrders } from '../../activities/tickets/ticket-orders.ts';
import { renderTicketPdf } from '../../activities/tickets/ticket-pdf.ts';
import { createBookingLedger } from '../../services/ticket-app/models/booking-ledger.ts';
import { createCustomers } from '../../services/ticket-app/models/customers.ts';
import { findEventIn } from '../../services/ticket-app/models/event.ts';
import { createTicketRecords } from '../../services/ticket-app/models/ticket-records.ts';

/** `restored`, or why not. */
export type RestorePdf = (bookingId: string) => Promise<string>;

/**
 * Makes the PDF of a valid ticket again whose file is lost. Equal orders give equal bytes, so it is kept only if it is
 * the very file that was issued: whoever was told its hash goes on with it.
 */
export function createRestorePdf(connection: Connection, signingKey: KeyObject): RestorePdf {
  const bookings = createBookingLedger(connection);
  const tickets = createTicketRecords(connection);
  const orderOf = createTicketOrders({
    findEvent: findEventIn(connection),
    customers: createCustomers(connection),
    signingKey,
  });
  return async (bookingId) => {
    const [booking, record] = await Promise.all([bookings.find(bookingId), tickets.find(bookingId)]);
    if (!booking || record?.status !== 'VALID') return 'there is no valid ticket';
    const wanted = record.sha256 ?? booking.ticket?.sha256;
    const pdf = await renderTicketPdf(await orderOf(booking));
    if (createHash('sha256').update(pdf).digest('hex') !== wanted)
      return 'the PDF would not be the one that was issued: the event, the name or the key has changed since';
    return (await tickets.replacePdf(record, pdf)) ? 'restored' : 'somebody else has stored one meanwhile';
  };
}
