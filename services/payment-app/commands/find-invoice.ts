import type { Invoice } from '../models/invoice.ts';
import { hashToken } from '../models/invoice-ledger.ts';
import type { Payments } from './payments.ts';

/** Undefined: the booking has no invoice. */
export const findInvoiceOfBooking = ({ reader }: Payments, bookingId: string): Promise<Invoice | undefined> =>
  reader.byBooking(bookingId);

/** Undefined: there is no such number. */
export const findInvoiceByNumber = ({ reader }: Payments, invoiceNumber: string): Promise<Invoice | undefined> =>
  reader.byNumber(invoiceNumber);

/** The invoice that this payment token opens; undefined says no more than that it opens none. */
export const findInvoiceByToken = ({ reader }: Payments, token: string): Promise<Invoice | undefined> =>
  reader.byTokenHash(hashToken(token));
