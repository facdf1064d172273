// Reads a ticket's PDF as its readers do: its text, what its pages paint, and the QR as a scanner sees it.
import { inflateSync } from 'node:zlib';
import jsqr from 'jsqr';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';

/** The text of each page, and what the file says of itself. */
export async function read(pdf: Buffer) {
  const document = await getDocumentProxy(new Uint8Array(pdf));
  const { text } = await extractText(document, { mergePages: false });
  return { pages: text, metadata: (await getMeta(document)).info };
}

/** The drawing instructions of each page, in order: the streams that paint rectangles. */
export function contentOf(pdf: Buffer): string[] {
  const pages: string[] = [];
  const raw = pdf.toString('latin1');
  for (const match of raw.matchAll(/\nstream\n/g)) {
    const start = match.index + match[0].length;
    const stream = pdf.subarray(start, raw.indexOf('\nendstream', start));
    if (stream[0] !== 0x78) continue;
    const content = inflateSync(stream).toString('latin1');
    if (/ re\n/.test(content)) pages.push(content);
  }
  return pages;
}

/** Reads the QR as a scanner would, from the rectangles that the page really paints (the only path of rows of height 1). */
export function scanQr(content: string): { text: string; version: number } {
  const rectangles = [...content.matchAll(/^(\d+) (\d+) (\d+) 1 re$/gm)].map(([, x, y, width]) => ({
    x: Number(x),
    y: Number(y),
    width: Number(width),
  }));
  const quietZone = 4;
  const scale = 4;
  const size = Math.max(...rectangles.map(({ x, width }) => x + width)) + 2 * quietZone;
  const side = size * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const { x, y, width } of rectangles) {
    for (let row = (y + quietZone) * scale; row < (y + quietZone + 1) * scale; row++) {
      const from = row * side + (x + quietZone) * scale;
      for (let at = from; at < from + width * scale; at++) pixels.set([0, 0, 0, 255], at * 4);
    }
  }
  const code = jsqr.default(pixels, side, side, { inversionAttempts: 'dontInvert' });
  if (!code) throw new Error(`No QR found among ${rectangles.length} rectangles`);
  return { text: code.data, version: code.version };
}
