import type { Font } from 'fontkit';
import { type FontName, loadFont, printable, splitIntoGraphemes, splitIntoRuns, type Weight } from './ticket-fonts.ts';

declare global {
  namespace PDFKit.Mixins {
    interface PDFFont {
      /** pdfkit takes a font that fontkit has parsed already; its published types do not say so yet. */
      registerFont(name: string, font: Font): this;
    }
  }
}

type Document = PDFKit.PDFDocument;

export type Style = { weight: Weight; color: string; letterSpacing?: number };
/** Text that is to fit a box: as large as it can be between the two sizes, in no more lines or height than given (points). */
export type Box = { width: number; maxSize: number; minSize: number; maxLines: number; maxHeight?: number };
export type FittedText = { lines: string[]; size: number };

/** What is not broken if it can be helped: a word, or one East Asian character. Its width is at size 1. */
type Piece = { text: string; spaceBefore: boolean; width: number };

const EAST_ASIAN = String.raw`\p{sc=Han}\p{sc=Hira}\p{sc=Kana}`;
const PIECES = new RegExp(`( ?)([${EAST_ASIAN}]|[^ ${EAST_ASIAN}]+)`, 'gu');
/** No field of a ticket has room for more; it bounds the work that a hostile title could cause. */
const MAX_GRAPHEMES = 400;
const ELLIPSIS = '…';
/** From one baseline to the next, as a multiple of the size. */
export const LEADING = 1.12;

/** Chooses size and line breaks. Prefers a smaller size to a broken word, and cuts with an ellipsis only at the smallest. */
export function fitText(doc: Document, text: string, weight: Weight, box: Box): FittedText {
  const shown = shortened(printable(text));
  const pieces = intoPieces(doc, shown, weight);
  const space = widthOf(doc, ' ', weight);
  for (let size = box.maxSize; size >= box.minSize; size -= 0.5) {
    const width = box.width / size;
    if (pieces.some((piece) => piece.width > width)) continue;
    const lines = breakLines(pieces, width, space);
    if (lines.length <= box.maxLines && lines.length * size * LEADING <= (box.maxHeight ?? Number.POSITIVE_INFINITY))
      return { lines: balance(lines, pieces, width, space), size };
  }
  const width = box.width / box.minSize;
  const small = pieces.flatMap((piece) => (piece.width > width ? breakPiece(doc, piece, weight) : [piece]));
  const lines = breakLines(small, width, space);
  const shownLines = lines.slice(0, box.maxLines);
  if (lines.length > box.maxLines) {
    shownLines[box.maxLines - 1] = ellipsize(doc, shownLines[box.maxLines - 1] ?? '', weight, width);
  }
  return { lines: shownLines, size: box.minSize };
}

/** No text has more graphemes than UTF-16 units. */
const shortened = (text: string): string =>
  text.length <= MAX_GRAPHEMES ? text : splitIntoGraphemes(text).slice(0, MAX_GRAPHEMES).join('');

/** Draws one line with its baseline at y; x is its left end, middle or right end. It never wraps, so it never adds a page. */
export function drawLine(
  doc: Document,
  text: string,
  at: { x: number; y: number; size: number; align?: 'left' | 'center' | 'right' },
  style: Style,
): void {
  const spacing = style.letterSpacing ?? 0;
  const width = widthOf(doc, text, style.weight) * at.size + spacing * (text.length - 1);
  let x = at.x;
  if (at.align === 'right') x -= width;
  if (at.align === 'center') x -= width / 2;
  for (const run of splitIntoRuns(text, style.weight)) {
    useFont(doc, run.font, at.size).fillColor(style.color);
    doc.text(run.text, x, at.y, { lineBreak: false, baseline: 'alphabetic', characterSpacing: spacing });
    x += doc.widthOfString(run.text) + spacing * run.text.length;
  }
}

function useFont(doc: Document, name: FontName, size: number): Document {
  return doc.registerFont(name, loadFont(name)).font(name).fontSize(size);
}

/** The width of printable text at size 1: it grows linearly with the size, so one measurement serves every size that is tried. */
export function widthOf(doc: Document, text: string, weight: Weight): number {
  let width = 0;
  for (const run of splitIntoRuns(text, weight)) width += useFont(doc, run.font, 1).widthOfString(run.text);
  return width;
}

function intoPieces(doc: Document, text: string, weight: Weight): Piece[] {
  return Array.from(text.matchAll(PIECES), ([, space = '', piece = '']) => ({
    text: piece,
    spaceBefore: space !== '',
    width: widthOf(doc, piece, weight),
  }));
}

function breakPiece(doc: Document, piece: Piece, weight: Weight): Piece[] {
  return splitIntoGraphemes(piece.text).map((text, i) => ({
    text,
    spaceBefore: i === 0 && piece.spaceBefore,
    width: widthOf(doc, text, weight),
  }));
}

function breakLines(pieces: Piece[], width: number, space: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const piece of pieces) {
    const gap = line !== '' && piece.spaceBefore ? space : 0;
    if (line !== '' && used + gap + piece.width > width) {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += (line !== '' && piece.spaceBefore ? ' ' : '') + piece.text;
    used = line === piece.text ? piece.width : used + gap + piece.width;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Makes the lines about equally long without adding one, so that no word stands alone on the last. */
function balance(lines: string[], pieces: Piece[], width: number, space: number): string[] {
  const widest = Math.max(0, ...pieces.map((piece) => piece.width));
  let best = lines;
  for (let share = 0.95; share >= 0.4 && share * width >= widest; share -= 0.05) {
    const narrower = breakLines(pieces, width * share, space);
    if (narrower.length > lines.length) break;
    best = narrower;
  }
  return best;
}

function ellipsize(doc: Document, line: string, weight: Weight, width: number): string {
  const kept = splitIntoGraphemes(line);
  while (kept.length > 0 && widthOf(doc, kept.join('').trimEnd() + ELLIPSIS, weight) > width) kept.pop();
  return kept.join('').trimEnd() + ELLIPSIS;
}
