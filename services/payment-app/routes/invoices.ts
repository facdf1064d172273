import { Type } from 'typebox';
import { bearerToken, serviceCredential } from '../../../lib/auth/service-credential.ts';
import { CreateInvoice, InvoiceView, VoidAnswer } from '../../../lib/contracts/invoice.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { notFound, Problem, unauthenticated } from '../../../lib/http/problem.ts';
import { strictObject } from '../../../lib/http/request.ts';
import { type DescribedRoutes, describedRoutes } from '../../../lib/http/routes.ts';
import { accessOf } from '../auth/access.ts';
import { createInvoice } from '../commands/create-invoice.ts';
import { findInvoiceByNumber, findInvoiceByToken, findInvoiceOfBooking } from '../commands/find-invoice.ts';
import type { Payments } from '../commands/payments.ts';
import { voidInvoice } from '../commands/void-invoice.ts';
import { presentInvoice } from '../presenters/invoice.ts';
import { problems } from '../problems.ts';

const ofBooking = { params: Type.Object({ bookingId: Id }) };
const invoiceNumber = Type.String({ pattern: '^INV-[0-9A-Z-]{4,40}$' });

/** Invoices, as services make, read and void them. */
export function invoiceRoutes(payments: Payments): DescribedRoutes {
  const { serviceSecrets, publicUrl } = payments.config;
  const isService = serviceCredential(serviceSecrets);
  const to = accessOf(serviceSecrets);
  const routes = describedRoutes({ tag: 'Invoices', problems });

  routes.post(
    '/invoices',
    {
      id: 'createInvoice',
      summary: 'Create the invoice of a booking',
      description: 'Idempotent by `bookingId`: a repeat answers 200 with the invoice that exists.',
      access: to('invoices.create'),
      request: { body: CreateInvoice },
      answers: {
        200: { description: 'It exists already', body: InvoiceView },
        201: { description: 'Created', body: InvoiceView },
      },
      problems: ['invoice_mismatch'],
    },
    async (ctx, { body }) => {
      const { outcome, invoice } = await createInvoice(payments, body);
      if (outcome === 'mismatch') {
        const detail = `Booking ${body.bookingId} has an invoice of another amount.`;
        throw new Problem(409, 'invoice_mismatch', detail, {
          field: 'body.amount',
          invoiceNumber: invoice.invoiceNumber,
        });
      }
      ctx.status = outcome === 'created' ? 201 : 200;
      ctx.body = presentInvoice(invoice, publicUrl);
    },
  );

  routes.get(
    '/invoices',
    {
      id: 'findInvoices',
      summary: 'Find the invoice of a booking, as a list of none or one',
      access: to('invoices.read'),
      request: { query: strictObject({ bookingId: Id }) },
      answers: { 200: { description: 'What there is', body: Type.Object({ invoices: Type.Array(InvoiceView) }) } },
    },
    async (ctx, { query }) => {
      const invoice = await findInvoiceOfBooking(payments, query.bookingId);
      ctx.body = { invoices: invoice ? [presentInvoice(invoice, publicUrl)] : [] };
    },
  );

  routes.get(
    '/bookings/:bookingId/invoice',
    {
      id: 'readInvoiceOfBooking',
      summary: 'Read the invoice of a booking',
      access: to('invoices.read'),
      request: ofBooking,
      answers: { 200: { description: 'The invoice', body: InvoiceView } },
      problems: ['invoice_not_found'],
    },
    async (ctx, { params }) => {
      const invoice = await findInvoiceOfBooking(payments, params.bookingId);
      if (!invoice) throw notFound('invoice');
      ctx.body = presentInvoice(invoice, publicUrl);
    },
  );

  routes.get(
    '/invoices/:invoiceNumber',
    {
      id: 'readInvoice',
      summary: 'Read an invoice by its number',
      description: 'A wrong token, and the token of another invoice, read like a number that does not exist.',
      access: to('invoices.readByToken'),
      request: {
        params: Type.Object({ invoiceNumber }),
        query: strictObject({ token: Type.Optional(Type.String({ maxLength: 200 })) }),
      },
      answers: { 200: { description: 'The invoice', body: InvoiceView } },
      problems: ['invoice_not_found'],
    },
    async (ctx, { params, query }) => {
      const byService = isService(bearerToken(ctx));
      if (!byService && query.token === undefined) {
        throw unauthenticated('This call needs a service credential or the token of the payment URL.');
      }
      const invoice = byService
        ? await findInvoiceByNumber(payments, params.invoiceNumber)
        : await findInvoiceByToken(payments, query.token ?? '');
      if (invoice?.invoiceNumber !== params.invoiceNumber) throw notFound('invoice');
      ctx.body = presentInvoice(invoice, publicUrl);
    },
  );

  routes.post(
    '/bookings/:bookingId/void',
    {
      id: 'voidInvoice',
      summary: 'Void the invoice of a booking, so that nothing can be paid on it any more',
      description:
        'Idempotent. `PAID` and `PROCESSING` mean that it was not voided: the payment was first. Of an unknown booking it leaves a mark that voids whatever comes.',
      access: to('invoices.void'),
      request: ofBooking,
      answers: { 200: { description: 'How the invoice stands now', body: VoidAnswer } },
    },
    async (ctx, { params }) => {
      ctx.body = (await voidInvoice(payments, params.bookingId)) satisfies VoidAnswer;
    },
  );

  return routes;
}
