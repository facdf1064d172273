import QRCode from 'qrcode';
import { wordDay, wordTime } from '../../lib/jakarta-time.ts';
import { wordMoney } from '../../lib/money.ts';
import { printable } from './ticket-fonts.ts';
import type { TicketOrder, TicketSeat } from './ticket-order.ts';
import { type Box, drawLine, fitText, LEADING, type Style, widthOf } from './ticket-typesetting.ts';

type Document = PDFKit.PDFDocument;

/**
 * A5 upright, in points: it fills a telephone's screen without zooming, prints two to a sheet of A4, and leaves the QR
 * 5 cm. White ground and one dark strip: it costs little ink and loses nothing without colour.
 */
export const PAGE = { width: 419.53, height: 595.28 };
const CARD = { left: 14, top: 14, right: PAGE.width - 14, bottom: PAGE.height - 14, radius: 12 };
const STRIP_HEIGHT = 34;
const LEFT = CARD.left + 26;
const RIGHT = CARD.right - 26;
const WIDTH = RIGHT - LEFT;
const TITLE = { top: 84, height: 80 };
const PANEL = { top: 255, height: 78, label: 18 };
const PERFORATION = { y: 352, notch: 9 };
/** The margin of 4 modules that a reader needs is the card's own white: nothing else is drawn that near. */
const QR = { top: 371, size: 144 };

const INK = '#16181d';
const QUIET = '#565b65';
const RULE = '#c4c8ce';
const TINT = '#f3f3f0';
const ACCENT = '#c2281d';
const PAPER = '#ffffff';

const SMALL: Style = { weight: 'regular', color: QUIET };
const STRONG: Style = { weight: 'semibold', color: INK };
const HEAVY: Style = { weight: 'extrabold', color: INK };
/** How high Inter's capitals and figures are, as a share of the size. */
const CAP_HEIGHT = 0.727;

/** Draws one seat's ticket on the current page. Whatever the input's length, it stays on that page. */
export function drawTicketPage(
  doc: Document,
  order: TicketOrder,
  seat: TicketSeat,
  position: { number: number; of: number },
): void {
  drawCard(doc, `TICKET ${position.number} OF ${position.of}`);
  drawEvent(doc, order);
  drawSeat(doc, seat);
  drawQr(doc, seat);
  drawDetails(doc, order, seat);
  drawTerms(doc, order);
}

function drawCard(doc: Document, position: string): void {
  const { left, top, right, bottom, radius } = CARD;
  const { y, notch } = PERFORATION;
  doc
    .save()
    .roundedRect(left, top, right - left, bottom - top, radius)
    .clip();
  doc
    .rect(left, top, right - left, STRIP_HEIGHT)
    .fill(INK)
    .restore();
  doc
    .lineWidth(0.75)
    .roundedRect(left, top, right - left, bottom - top, radius)
    .stroke(INK);

  // Where a gate tears a printed ticket.
  for (const [x, sweep] of [
    [left, 1],
    [right, 0],
  ] as const) {
    doc.rect(x - 1, y - notch, 2, 2 * notch).fill(PAPER);
    doc.path(`M ${x} ${y - notch} A ${notch} ${notch} 0 0 ${sweep} ${x} ${y + notch}`).stroke(INK);
  }
  const inset = notch + 7;
  doc.save().lineWidth(1.2).lineCap('round').dash(0.01, { space: 5 });
  doc
    .moveTo(left + inset, y)
    .lineTo(right - inset, y)
    .stroke(QUIET)
    .restore();

  const baseline = top + STRIP_HEIGHT / 2 + 13 * (CAP_HEIGHT / 2);
  const inStrip = { weight: 'semibold', color: PAPER, letterSpacing: 0.6 } as const;
  // The house's mark, a chair (kursi) from the side.
  const chairTop = top + (STRIP_HEIGHT - 15) / 2;
  doc.rect(LEFT, chairTop, 2.6, 15).rect(LEFT + 2.6, chairTop + 7.2, 8.9, 2.6);
  doc.rect(LEFT + 8.9, chairTop + 9.8, 2.6, 5.2).fill(PAPER);
  drawLine(
    doc,
    'KURSI',
    { x: LEFT + 19, y: baseline, size: 13 },
    { ...inStrip, weight: 'extrabold', letterSpacing: 1 },
  );
  drawLine(doc, position, { x: RIGHT, y: baseline - 1.3, size: 9, align: 'right' }, inStrip);
}

function drawEvent(doc: Document, order: TicketOrder): void {
  const { event } = order;
  const presenter = { width: WIDTH, maxSize: 10, minSize: 7.5, maxLines: 1 };
  drawText(doc, `${order.organizerName} presents`, { x: LEFT, y: TITLE.top - 14 }, presenter, SMALL);
  const title = { width: WIDTH, maxSize: 44, minSize: 14, maxLines: 5, maxHeight: TITLE.height };
  const titleEnd = drawText(doc, event.title, { x: LEFT, y: TITLE.top, from: 'top' }, title, HEAVY);
  doc.rect(LEFT, titleEnd + 13, 32, 3).fill(ACCENT);

  // Placed from the seat upwards, so that time and place keep their distance to it on every ticket.
  const fact = { width: WIDTH, maxSize: 13.5, minSize: 8, maxLines: 1 };
  const detail = { width: WIDTH, maxSize: 10.5, minSize: 8, maxLines: 1 };
  const cityY = PANEL.top - 17;
  const whenY = cityY - (event.doorsAt ? 50 : 36);
  drawText(doc, `${wordDay(event.startsAt)} · ${wordTime(event.startsAt)}`, { x: LEFT, y: whenY }, fact, STRONG);
  if (event.doorsAt) drawText(doc, `Doors open ${wordTime(event.doorsAt)}`, { x: LEFT, y: whenY + 14 }, detail, SMALL);
  drawText(doc, event.venue, { x: LEFT, y: cityY - 14 }, fact, STRONG);
  drawText(doc, event.city, { x: LEFT, y: cityY }, detail, SMALL);
}

function drawSeat(doc: Document, seat: TicketSeat): void {
  doc.lineWidth(0.75).roundedRect(LEFT, PANEL.top, WIDTH, PANEL.height, 6).fillAndStroke(TINT, RULE);
  const values = [seat.section, seat.row, seat.number].map((value) => printable(value) || '–');
  const { size, widths } = seatColumns(doc, values);
  let x = LEFT;
  ['SECTION', 'ROW', 'SEAT'].forEach((label, i) => {
    const width = widths[i] ?? 0;
    if (i > 0)
      doc
        .moveTo(x, PANEL.top + 12)
        .lineTo(x, PANEL.top + PANEL.height - 12)
        .stroke(RULE);
    drawLabel(doc, label, x + width / 2, PANEL.top + PANEL.label, 'center');
    drawFigure(doc, values[i] ?? '', x + width / 2, { width: width - 16, maxSize: size, minSize: 9, maxLines: 2 });
    x += width;
  });
}

/** All three at one size, each in a column as wide as it needs; a section too long for that gets two smaller lines. */
function seatColumns(doc: Document, values: string[]): { size: number; widths: number[] } {
  const padding = 28;
  const natural = values.map((value) => widthOf(doc, value, 'extrabold'));
  const size = Math.min(40, (WIDTH - padding * 3) / natural.reduce((sum, width) => sum + width, 0));
  if (size < 21) return { size: 30, widths: [WIDTH * 0.44, WIDTH * 0.23, WIDTH * 0.33] };
  const needed = natural.map((width) => width * size + padding);
  const spare = (WIDTH - needed.reduce((sum, width) => sum + width, 0)) / 3;
  return { size, widths: needed.map((width) => width + spare) };
}

function drawFigure(doc: Document, value: string, x: number, box: Box): void {
  const oneLine = widthOf(doc, value, 'extrabold') * 18 <= box.width;
  const fitted = fitText(doc, value, 'extrabold', oneLine ? { ...box, maxLines: 1 } : { ...box, maxSize: 18 });
  const { lines, size } = fitted;
  const step = size * LEADING;
  const height = step * (lines.length - 1) + size * CAP_HEIGHT;
  const middle = (PANEL.top + PANEL.label + PANEL.top + PANEL.height) / 2;
  const first = middle - height / 2 + size * CAP_HEIGHT;
  lines.forEach((line, i) => {
    drawLine(doc, line, { x, y: first + i * step, size, align: 'center' }, HEAVY);
  });
}

/** Dark modules merged along each row, as one vector path: sharp at any size, and without seams between the rows. */
function drawQr(doc: Document, seat: TicketSeat): void {
  // Told that it is all bytes, as a token nearly is, it does not search for stretches that are shorter in another mode.
  const { modules } = QRCode.create([{ data: Buffer.from(seat.token), mode: 'byte' }], { errorCorrectionLevel: 'M' });
  doc
    .save()
    .translate(LEFT, QR.top)
    .scale(QR.size / modules.size);
  for (let row = 0; row < modules.size; row++) {
    let start = 0;
    for (let column = 0; column <= modules.size; column++) {
      if (column < modules.size && modules.get(row, column)) continue;
      if (column > start) doc.rect(start, row, column - start, 1);
      start = column + 1;
    }
  }
  doc.fill('#000000').restore();
  const box = { width: QR.size - 16, maxSize: 11, minSize: 5, maxLines: 1 };
  const { lines, size } = fitText(doc, seat.ticketNumber, 'semibold', box);
  const at = { x: LEFT + QR.size / 2, y: QR.top + QR.size + 18, size, align: 'center' } as const;
  for (const line of lines) drawLine(doc, line, at, { ...STRONG, letterSpacing: 0.4 });
}

function drawDetails(doc: Document, order: TicketOrder, seat: TicketSeat): void {
  const x = LEFT + QR.size + 24;
  const width = RIGHT - x;
  const bottom = QR.top + QR.size;
  drawLabel(doc, 'NAME', x, QR.top + 7 * CAP_HEIGHT);
  const name = { width, maxSize: 17, minSize: 10, maxLines: 3, maxHeight: 40 };
  const nameEnd = drawText(doc, order.holderName, { x, y: QR.top + 11, from: 'top' }, name, STRONG);
  const rows = [
    { label: 'CATEGORY', value: seat.category },
    { label: 'PRICE', value: wordMoney(seat.price) },
    { label: 'BOOKING', value: order.bookingNumber },
  ];
  const step = Math.min(37, (bottom - nameEnd) / rows.length);
  rows.forEach(({ label, value }, i) => {
    const y = bottom - step * (rows.length - 1 - i);
    drawLabel(doc, label, x, y - 14);
    drawText(doc, value, { x, y }, { width, maxSize: 12, minSize: 7.5, maxLines: 1 }, STRONG);
  });
}

function drawTerms(doc: Document, order: TicketOrder): void {
  const terms = [
    'One entry per code: the first scan admits, every copy is refused. Do not share or post this page.',
    'Show it on paper or on a screen. If it does not scan, the number under the code can be typed in.',
    `Issued on ${wordDay(order.issuedAt)} by Kursi for ${order.organizerName}.`,
  ];
  terms.forEach((text, i) => {
    const at = { x: LEFT, y: CARD.bottom - 31 + i * 8.8 };
    drawText(doc, text, at, { width: WIDTH, maxSize: 6.8, minSize: 5.8, maxLines: 1 }, SMALL);
  });
}

function drawLabel(doc: Document, text: string, x: number, y: number, align: 'left' | 'center' = 'left'): void {
  drawLine(doc, text, { x, y, size: 7, align }, { weight: 'semibold', color: QUIET, letterSpacing: 0.5 });
}

/** Draws fitted text from its first baseline, or from the top of its capitals. Answers its last baseline. */
function drawText(
  doc: Document,
  text: string,
  at: { x: number; y: number; from?: 'baseline' | 'top' },
  box: Box,
  style: Style,
): number {
  const { lines, size } = fitText(doc, text, style.weight, box);
  const first = at.from === 'top' ? at.y + size * CAP_HEIGHT : at.y;
  lines.forEach((line, i) => {
    drawLine(doc, line, { x: at.x, y: first + i * size * LEADING, size }, style);
  });
  return first + Math.max(0, lines.length - 1) * size * LEADING;
}
