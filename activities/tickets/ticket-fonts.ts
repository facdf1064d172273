import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fontkit from 'fontkit';

/**
 * Inter covers Latin with every diacritic (Vietnamese, Polish, …), Greek and Cyrillic; M PLUS 1p takes over for
 * Japanese and most Chinese names. Both are under the SIL Open Font License, which allows embedding.
 */
const FILES = {
  regular: import.meta.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  semibold: import.meta.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
  extrabold: import.meta.resolve('@expo-google-fonts/inter/800ExtraBold/Inter_800ExtraBold.ttf'),
  eastAsian: import.meta.resolve('@expo-google-fonts/m-plus-1p/500Medium/MPLUS1p_500Medium.ttf'),
};
export type FontName = keyof typeof FILES;
export type Weight = Exclude<FontName, 'eastAsian'>;

/** A stretch of text that one font can draw. */
export type Run = { font: FontName; text: string };

const loaded = new Map<FontName, fontkit.Font>();
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The parsed font, read once per process and shared by all documents: parsing Inter's layout tables costs 20 ms.
 * Throws when the package's file is missing or damaged.
 */
export function loadFont(name: FontName): fontkit.Font {
  const known = loaded.get(name);
  if (known) return known;
  const font = fontkit.create(readFileSync(fileURLToPath(FILES[name])));
  if (!('glyphForCodePoint' in font)) throw new Error(`${FILES[name]} is a font collection, not a font`);
  settleGlyphs(font);
  rememberLayouts(font);
  loaded.set(name, font);
  return font;
}

/** Words of some hundred events; names of buyers come and go. */
const REMEMBERED_LAYOUTS = 2_000;

/**
 * Laying out a word by Inter's rules costs more than the rest of its drawing, and nearly all words of a ticket, labels and
 * the event's, were on the one before. pdfkit remembers them for one document; this, for all. It scales what it is given
 * in place, so everybody gets positions of their own.
 */
function rememberLayouts(font: fontkit.Font): void {
  const layOut = font.layout.bind(font);
  const known = new Map<string, fontkit.GlyphRun>();
  font.layout = (text, ...options) => {
    if (options.some((option) => option !== undefined)) return layOut(text, ...options);
    const run = known.get(text) ?? layOut(text);
    // Put last: a map keeps the order in which its keys came in.
    known.delete(text);
    known.set(text, run);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED_LAYOUTS && oldest !== undefined) known.delete(oldest);
    return copied(run, { positions: run.positions.map((position) => copied(position)) });
  };
}

const copied = <T extends object>(original: T, changes: Partial<T> = {}): T =>
  Object.assign(Object.create(Object.getPrototypeOf(original)), original, changes);

/**
 * fontkit remembers for each glyph the characters it was first reached by, and pdfkit writes these into the file as the
 * text to search and copy. Reaching every glyph in a fixed order makes a file independent of those made before it.
 * The forms that Inter gives hyphens and colons between capitals and figures have private code points of their own;
 * reaching them through the ordinary character is what keeps "KRS-7H2K" whole when it is copied.
 */
function settleGlyphs(font: fontkit.Font): void {
  const characters = font.characterSet
    .toSorted((a, b) => a - b)
    .map((codePoint) => String.fromCodePoint(codePoint))
    .filter((character) => !/\p{Co}/u.test(character));
  // Punctuation comes first: the apostrophe of O’Brien shares its glyph with a letter (U+02BC) that few people type.
  const ordered = [...characters.filter((character) => /\p{P}/u.test(character)), ...characters];
  for (const character of ordered) font.glyphForCodePoint(character.codePointAt(0) ?? 0);
  const marks = characters.filter((character) => /[\p{P}\p{S}]/u.test(character));
  font.layout(marks.map((mark) => `H${mark}H 0${mark}0`).join(' '));
}

/**
 * The text as it will be drawn: composed (NFC), without control characters, spaces made plain and single. A letter that no
 * font has becomes "?", a symbol or emoji that none has is left out: never an empty box.
 */
export function printable(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cs}]/gu, '');
  return (covers('regular', plain) ? plain : drawable(plain)).replace(/ {2,}/g, ' ').trim();
}

function drawable(plain: string): string {
  let kept = '';
  for (const { segment } of graphemes.segment(plain)) {
    if (fontFor(segment, 'regular')) kept += segment;
    else if (/[\p{L}\p{N}]/u.test(segment)) kept += '?';
  }
  return kept;
}

/** Cuts printable text into stretches of one font each. */
export function splitIntoRuns(text: string, weight: Weight): Run[] {
  // Nearly every text; looking for the borders of its graphemes costs more than the rest.
  if (text !== '' && covers(weight, text)) return [{ font: weight, text }];
  const runs: Run[] = [];
  for (const { segment } of graphemes.segment(text)) {
    const last = runs.at(-1);
    const font = segment === ' ' && last ? last.font : (fontFor(segment, weight) ?? weight);
    if (last?.font === font) last.text += segment;
    else runs.push({ font, text: segment });
  }
  return runs;
}

export function splitIntoGraphemes(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

function fontFor(grapheme: string, weight: Weight): FontName | undefined {
  return covers(weight, grapheme) ? weight : covers('eastAsian', grapheme) ? 'eastAsian' : undefined;
}

function covers(name: FontName, text: string): boolean {
  const font = loadFont(name);
  for (const character of text) {
    if (!font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)) return false;
  }
  return true;
}
