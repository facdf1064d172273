import Router from '@koa/router';
import { Type } from 'typebox';
import { bearerToken, requiresService, serviceCredential } from '../../../lib/auth/service-credential.ts';
import { CreateInvoice, type VoidAnswer } from '../../../lib/contracts/invoice.ts';
import { Id } from '../../../lib/contracts/primitives.ts';
import { notFound, Problem, unauthenticated } from '../../../lib/http/problem.ts';
import { request, strictObject } from '../../../lib/http/request.ts';
import { createInvoice } from '../commands/create-invoice.ts';
import { findInvoiceByNumber, findInvoiceByToken, findInvoiceOfBooking } from '../commands/find-invoice.ts';
import type { Payments } from '../commands/payments.ts';
import { voidInvoice } from '../commands/void-invoice.ts';
import { presentInvoice } from '../presenters/invoice.ts';

const toCreate = request({ body: CreateInvoice });
const ofBooking = request({ params: Type.Object({ bookingId: Id }) });
const toFind = request({ query: strictObject({ bookingId: Id }) });
const toRead = request({
  params: Type.Object({ invoiceNumber: Type.String({ pattern: '^INV-[0-9A-Z-]{4,40}$' }) }),
  query: strictObject({ token: Type.Optional(Type.String({ maxLength: 200 })) }),
});

/** Invoices, as services make, read and void them. */
export function invoiceRoutes(payments: Payments): Router {
  const { serviceSecrets, publicUrl } = payments.config;
  const service = requiresService(serviceSecrets);
  const isService = serviceCredential(serviceSecrets);
  const router = new Router();

  router.post('/invoices', service, async (ctx) => {
    const { body } = toCreate(ctx);
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
  });

  router.get('/invoices', service, async (ctx) => {
    const { query } = toFind(ctx);
    const invoice = await findInvoiceOfBooking(payments, query.bookingId);
    ctx.body = { invoices: invoice ? [presentInvoice(invoice, publicUrl)] : [] };
  });

  router.get('/bookings/:bookingId/invoice', service, async (ctx) => {
    const invoice = await findInvoiceOfBooking(payments, ofBooking(ctx).params.bookingId);
    if (!invoice) throw notFound('invoice');
    ctx.body = presentInvoice(invoice, publicUrl);
  });

  router.get('/invoices/:invoiceNumber', async (ctx) => {
    const { params, query } = toRead(ctx);
    if (!isService(bearerToken(ctx)) && query.token === undefined) {
      throw unauthenticated('This call needs a service credential or the token of the payment URL.');
    }
    const invoice = isService(bearerToken(ctx))
      ? await findInvoiceByNumber(payments, params.invoiceNumber)
      : await findInvoiceByToken(payments, query.token ?? '');
    // A wrong token, and the token of another invoice, read like a number that does not exist.
    if (invoice?.invoiceNumber !== params.invoiceNumber) throw notFound('invoice');
    ctx.body = presentInvoice(invoice, publicUrl);
  });

  router.post('/bookings/:bookingId/void', service, async (ctx) => {
    const answer: VoidAnswer = await voidInvoice(payments, ofBooking(ctx).params.bookingId);
    ctx.body = answer;
  });

  return router;
}
