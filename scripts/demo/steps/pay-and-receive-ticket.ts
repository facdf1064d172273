import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { extractText } from 'unpdf';
import { must, mustEqual } from '../must.ts';
import { payOnPage, untilSettled } from '../payment-page.ts';
import type { Step } from '../step.ts';

export const payAndReceiveTicket: Step = {
  name: 'pay_and_receive_ticket',
  title: 'Pay, and receive the ticket',
  async run({ narrator, buyer, catalogue, show, firstBooking, history, place }) {
    const { bookingId, bookingNumber, seatIds, invoice } = firstBooking.get();
    await payOnPage(invoice.paymentUrl, 'test_success', invoice.invoiceNumber);
    narrator.tell(`${buyer.name} opens the payment URL and pays with a method that always succeeds.`);
    mustEqual('the status of the invoice', (await untilSettled(invoice.paymentUrl)).status, 'PAID');
    await buyer.untilStatus(bookingId, 'CONFIRMED');
    history.push({ bookingId, status: 'CONFIRMED' });

    const { booking, answer } = await buyer.ticket(bookingId);
    mustEqual('the statuses of the seats', await catalogue.statuses(show.get().eventId, seatIds), ['BOOKED', 'BOOKED']);
    const pages = await checkTicket(answer.bytes, { sha256: booking.ticket?.sha256, bookingNumber });
    mustEqual('the pages of the ticket', pages, seatIds.length);
    const file = path.join(place.ticketFolder, `${bookingNumber}.pdf`);
    await mkdir(place.ticketFolder, { recursive: true });
    await writeFile(file, answer.bytes);
    narrator.tell('The booking is confirmed, the seats are sold, and the ticket has arrived, one page a seat:');
    narrator.values({
      booking: `${bookingNumber}, ${booking.status}`,
      invoice: `${invoice.invoiceNumber}, PAID`,
      ticket: `${pages} pages, ${(answer.bytes.length / 1024).toFixed(0)} kB`,
      'saved as': file,
    });
  },
};

/** Reads the PDF as a viewer would. Returns its number of pages. */
async function checkTicket(
  pdf: Buffer,
  expected: { sha256: string | undefined; bookingNumber: string },
): Promise<number> {
  mustEqual('how the ticket begins', pdf.subarray(0, 4).toString(), '%PDF');
  mustEqual('the sha256 of the ticket', createHash('sha256').update(pdf).digest('hex'), expected.sha256);
  const { totalPages, text } = await extractText(new Uint8Array(pdf));
  must(
    text.every((page) => page.includes(expected.bookingNumber)),
    `a page of the ticket does not name booking ${expected.bookingNumber}`,
  );
  return totalPages;
}
