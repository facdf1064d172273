import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { promisify } from 'node:util';
import { serialize } from 'node:v8';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { getDocumentProxy } from 'unpdf';
import { signTicketToken, verifyTicketToken } from '../../services/ticket-app/tickets/ticket-token.ts';
import { contentOf, read, scanQr } from '../../test/support/read-pdf.ts';
import { renderTicketPdf, type TicketOrder, type TicketSeat } from './ticket-pdf.ts';

const keys = generateKeyPairSync('ed25519');

async function seatOf(number: string, change: Partial<TicketSeat> = {}): Promise<TicketSeat> {
  const ticketNumber = `KRS-7H2K-9QXM-${number}`;
  const token = await signTicketToken(
    {
      ticketNumber,
      bookingId: '0199a3c1-7c5e-7b44-9c1d-3f1f6f0f8a21',
      eventId: '0199a3b0-11aa-7d2e-8f60-5a2b9d7c4e10',
      seatId: `TRIBUNE-C-14-${number}`,
      validFrom: new Date('2026-11-21T03:12:00Z'),
      validUntil: new Date('2026-12-12T17:00:00Z'),
    },
    keys.privateKey,
  );
  const price = { amount: 1_250_000, currency: 'IDR' } as const;
  const place = { seatId: `TRIBUNE-C-14-${number}`, section: 'Tribune C', row: '14', number };
  return { ...place, category: 'Category 1', price, ticketNumber, token, ...change };
}

function orderOf(seats: TicketSeat[], change: Partial<TicketOrder> = {}): TicketOrder {
  return {
    bookingId: '0199a3c1-7c5e-7b44-9c1d-3f1f6f0f8a21',
    bookingNumber: 'KRS-7H2K-9QXM',
    issuedAt: new Date('2026-11-21T03:12:00Z'),
    holderName: 'Sari Wulandari',
    organizerName: 'Java Live Nusantara',
    event: {
      title: 'Orkestra Malam',
      venue: 'Istora Senayan',
      city: 'Jakarta',
      startsAt: new Date('2026-12-12T12:30:00Z'),
      doorsAt: new Date('2026-12-12T11:00:00Z'),
    },
    seats,
    ...change,
  };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** By a new process, whose fonts have drawn nothing else. */
async function renderInFreshProcess(order: TicketOrder): Promise<Buffer> {
  const program = `
    import { deserialize } from 'node:v8';
    import { renderTicketPdf } from ${JSON.stringify(new URL('./ticket-pdf.ts', import.meta.url).href)};
    process.stdout.write((await renderTicketPdf(deserialize(Buffer.from(process.argv[1], 'base64')))).toString('base64'));`;
  const flags = ['--import=tsx', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, serialize(order).toString('base64')]);
  return Buffer.from(stdout, 'base64');
}

describe('ticket PDF', () => {
  let seats: TicketSeat[];
  let order: TicketOrder;
  let pdf: Buffer;

  before(async function () {
    this.timeout(10_000);
    seats = [await seatOf('127'), await seatOf('128'), await seatOf('129')];
    order = orderOf(seats);
    pdf = await renderTicketPdf(order);
  });

  it('has one page a seat, which says all that its holder needs to know', async () => {
    const { pages } = await read(pdf);
    expect(pages).to.have.length(3);
    pages.forEach((text, i) => {
      const lines = text.split('\n');
      expect(lines).to.include.members(['Java Live Nusantara presents', 'Orkestra Malam', 'Istora Senayan', 'Jakarta']);
      expect(lines).to.include.members(['Saturday, 12 December 2026 · 19:30 WIB', 'Doors open 18:00 WIB']);
      expect(lines).to.include.members(['Tribune C', '14', `${127 + i}`, 'Category 1', 'Rp 1.250.000']);
      expect(lines).to.include.members(['Sari Wulandari', 'KRS-7H2K-9QXM', `KRS-7H2K-9QXM-${127 + i}`]);
      expect(text)
        .to.include(`TICKET ${i + 1} OF 3`)
        .and.include('One entry per code');
    });
  });

  it('shows on each page a QR that the gate accepts for that seat', async () => {
    const contents = contentOf(pdf);
    expect(contents).to.have.length(3);
    for (const [i, content] of contents.entries()) {
      const { text, version } = scanQr(content);
      expect(text).to.equal(seats[i]!.token);
      // 15 is 77 modules, 0.66 mm each as printed; a scanner at arm's length wants about 0.4.
      expect(version).to.be.at.most(15);
      const verified = await verifyTicketToken(text, keys.publicKey, order.event.startsAt);
      expect(verified).to.have.nested.property('claims.seatId', seats[i]!.seatId);
    }
  });

  it('keeps the 4 modules around the QR free of text', async () => {
    const [, x, top, module] = /^1 0 0 1 ([\d.]+) ([\d.]+) cm\n([\d.]+) 0 0 \3 0 0 cm\n\d+ \d+ \d+ 1 re$/m
      .exec(contentOf(pdf)[0]!)!
      .map(Number);
    const quiet = {
      left: x! - 4 * module!,
      right: x! + 81 * module!,
      top: top! - 4 * module!,
      bottom: top! + 81 * module!,
    };
    const page = await (await getDocumentProxy(new Uint8Array(pdf))).getPage(1);
    const { items } = await page.getTextContent();
    for (const item of items) {
      if (!('str' in item) || item.str.trim() === '') continue;
      const [left, baseline] = [item.transform[4], page.view[3]! - item.transform[5]];
      const beside = left > quiet.right || left + item.width < quiet.left;
      const aboveOrBelow = baseline < quiet.top || baseline - 0.727 * item.height > quiet.bottom;
      expect(beside || aboveOrBelow, item.str).to.equal(true);
    }
  });

  it('is the same file on a retry, whatever was rendered before', async () => {
    const strange = orderOf([seats[0]!], {
      holderName: 'O\u02bcBrien \u2206\u2126',
      organizerName: 'A\u2011B 1\u22362',
    });
    await renderTicketPdf(strange);
    expect(sha256(await renderTicketPdf(structuredClone(order)))).to.equal(sha256(pdf));
    const ordinary = orderOf([seats[0]!], { holderName: 'O’Brien ΔΩ', organizerName: 'A-B 1:2' });
    expect(sha256(await renderTicketPdf(ordinary))).to.equal(sha256(await renderInFreshProcess(ordinary)));
  }).timeout(20_000);

  it('differs when anything on it differs', async () => {
    const later = { ...order, issuedAt: new Date('2026-11-22T03:12:00Z') };
    expect(sha256(await renderTicketPdf(later))).not.to.equal(sha256(pdf));
    expect(sha256(await renderTicketPdf({ ...order, holderName: 'Budi' }))).not.to.equal(sha256(pdf));
  });

  it('names itself in its metadata', async () => {
    const { metadata } = await read(pdf);
    expect(metadata).to.include({
      Title: 'Orkestra Malam · KRS-7H2K-9QXM',
      Author: 'Kursi',
      Subject: 'Ticket for Orkestra Malam, Istora Senayan, Jakarta, Saturday, 12 December 2026',
      CreationDate: 'D:20261121031200Z',
    });
  });

  it('is small: subsets of the fonts, no bitmap', async () => {
    expect((await renderTicketPdf(orderOf([seats[0]!]))).length).to.be.below(40_000);
    expect(pdf.toString('latin1')).not.to.include('/Subtype /Image').and.not.to.include('/Helvetica');
  });

  it('sets names in the letters they are written in', async () => {
    for (const holderName of [
      'Nguyễn Thị Ánh',
      'Łukasz Żółć',
      'Ольга Петренко',
      'Ελένη Παπαδοπούλου',
      '佐藤 美咲 髙﨑',
    ]) {
      const { pages } = await read(
        await renderTicketPdf(orderOf([seats[0]!], { holderName: holderName.normalize('NFD') })),
      );
      expect(pages[0]!.replaceAll('\n', ' ')).to.include(`NAME ${holderName} CATEGORY`);
    }
  });

  it('replaces letters that no font has and drops symbols, rather than showing empty boxes', async () => {
    const holderName = '김 Lee\u202e\u0000\t🎸 😀\ue000';
    const event = { ...order.event, title: '🎸 Rock 👩‍🎤 Night' };
    const { pages } = await read(await renderTicketPdf(orderOf([seats[0]!], { holderName, event })));
    expect(pages[0]!.split('\n')).to.include.members(['? Lee', 'Rock Night']);
  });

  it('keeps whatever is long on its one page', async () => {
    const endless = 'Persatuan Penyelenggara '.repeat(40);
    const unbroken = 'W'.repeat(500);
    for (const text of [
      endless,
      unbroken,
      '東京フィルハーモニー交響楽団'.repeat(30),
      'e\u0301\u0302\u0303'.repeat(900),
    ]) {
      const seat = await seatOf('1', { section: text, row: text, number: text, category: text, ticketNumber: text });
      const event = { title: text, venue: text, city: text, startsAt: order.event.startsAt };
      const long = orderOf([seat, seat], { holderName: text, organizerName: text, bookingNumber: text, event });
      const { pages } = await read(await renderTicketPdf(long));
      expect(pages).to.have.length(2);
    }
  }).timeout(20_000);

  it('shows six-digit seats, long sections and prices in full', async () => {
    const seat = await seatOf('123456', {
      section: 'Festival Standing West Upper Balcony',
      row: 'AA12',
      category: 'Platinum Experience incl. Meet & Greet',
      price: { amount: 125_000_000, currency: 'IDR' },
    });
    const title = 'The Extraordinarily Long Anniversary Concert of the Jakarta Philharmonic Orchestra and Friends';
    const { pages } = await read(await renderTicketPdf(orderOf([seat], { event: { ...order.event, title } })));
    const text = pages[0]!.replaceAll('\n', ' ');
    expect(text).to.include(title).and.include('Festival Standing').and.include('West Upper Balcony');
    expect(text).to.include('AA12').and.include('123456').and.include(seat.category).and.include('Rp 125.000.000');
    expect(text).not.to.include('…');
  });

  it('shows a dash for what a seat does not have, and "Rp 0" for a free one', async () => {
    const seat = await seatOf('7', { section: 'VIP', row: '', price: { amount: 0, currency: 'IDR' } });
    const { pages } = await read(await renderTicketPdf(orderOf([seat])));
    expect(pages[0]!.split('\n')).to.include.members(['VIP', '–', '7', 'Rp 0']);
  });

  it('tells the day in Jakarta, not the one in UTC', async () => {
    const event = { title: 'Midnight', venue: 'V', city: 'C', startsAt: new Date('2026-12-31T17:05:00Z') };
    const { pages } = await read(await renderTicketPdf(orderOf([seats[0]!], { event })));
    expect(pages[0]).to.include('Friday, 1 January 2027 · 00:05 WIB').and.not.include('Doors');
  });

  it('refuses an order without seats', async () => {
    expect(await renderTicketPdf(orderOf([])).catch((error) => error)).to.be.instanceOf(RangeError);
  });
});
