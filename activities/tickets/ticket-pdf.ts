import PDFDocument from 'pdfkit';
import { wordDay } from '../../lib/jakarta-time.ts';
import type { TicketOrder } from './ticket-order.ts';
import { drawTicketPage, PAGE } from './ticket-page.ts';

export type { TicketOrder, TicketSeat } from './ticket-order.ts';

/**
 * The booking's tickets as a PDF: one page a seat, in the order of `order.seats`. Equal orders give equal bytes.
 * Throws RangeError when there is no seat, and what `qrcode` throws when a token is too long for a QR (2,331 characters).
 */
export async function renderTicketPdf(order: TicketOrder): Promise<Buffer> {
  if (order.seats.length === 0) throw new RangeError(`Booking ${order.bookingId} has no seat to make a ticket for`);
  const { event, issuedAt } = order;
  const doc = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    autoFirstPage: false,
    // Each page names its fonts; without this, Helvetica would be listed in the file too.
    font: '',
    lang: 'en',
    displayTitle: true,
    info: {
      Title: `${event.title} · ${order.bookingNumber}`,
      Author: 'Kursi',
      Subject: `Ticket for ${event.title}, ${event.venue}, ${event.city}, ${wordDay(event.startsAt)}`,
      Keywords: order.bookingNumber,
      Creator: 'Kursi',
      Producer: 'Kursi',
      CreationDate: issuedAt,
      ModDate: issuedAt,
    },
  });
  const finished = collect(doc);
  order.seats.forEach((seat, index) => {
    doc.addPage();
    drawTicketPage(doc, order, seat, { number: index + 1, of: order.seats.length });
  });
  doc.end();
  return finished;
}

function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
}
