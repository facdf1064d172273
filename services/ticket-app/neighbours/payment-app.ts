import type { AxiosResponse } from 'axios';
import { type Static, type TSchema, Type } from 'typebox';
import {
  type CreateInvoice,
  InvoiceView,
  RefundAnswer,
  type RefundRequest,
  VoidAnswer,
} from '../../../lib/contracts/invoice.ts';
import { type NeighbourCall, NeighbourUnavailable, neighbour } from '../../../lib/http/neighbour.ts';
import { compile, type Validator } from '../../../lib/schema/ajv.ts';

const invoiceView = compile(InvoiceView);
const invoiceList = compile(Type.Object({ invoices: Type.Array(InvoiceView) }));
const voidAnswer = compile(VoidAnswer);
const refundAnswer = compile(RefundAnswer);

export type PaymentApp = ReturnType<typeof paymentAppAt>;

/** The payment app's calls. All are idempotent by booking; all reject with `NeighbourUnavailable` when the outcome is not known. */
export function paymentAppAt(baseUrl: string, secret: string) {
  const call = neighbour({ name: 'payment-app', baseUrl, secret, timeoutMs: 3_000 });

  async function ask<S extends TSchema>(request: NeighbourCall, answer: Validator<S>): Promise<Static<S>> {
    const { status, data }: AxiosResponse<unknown> = await call(request);
    if (status < 300 && answer.check(data)) return data;
    const code = (data as { code?: unknown } | null)?.code ?? 'an answer of another form';
    throw new NeighbourUnavailable('payment-app', `${request.method} ${request.path}`, `status ${status}, ${code}`);
  }

  return {
    createInvoice: (body: CreateInvoice, signal?: AbortSignal): Promise<InvoiceView> =>
      ask({ method: 'POST', path: '/invoices', body, signal }, invoiceView),
    /** Undefined: the booking has no invoice, nor a tombstone in its place. */
    async invoice(bookingId: string): Promise<InvoiceView | undefined> {
      const path = `/invoices?bookingId=${encodeURIComponent(bookingId)}`;
      return (await ask({ method: 'GET', path }, invoiceList)).invoices[0];
    },
    voidInvoice: (bookingId: string): Promise<VoidAnswer> =>
      ask({ method: 'POST', path: `/bookings/${encodeURIComponent(bookingId)}/void` }, voidAnswer),
    refund: (body: RefundRequest): Promise<RefundAnswer> =>
      ask({ method: 'POST', path: '/refunds', body }, refundAnswer),
  };
}
