import type { Row, Section } from './sections.ts';

const WHAT_WIDTH = 52;

/** As many digits as the noise leaves: 12,345 · 123 · 12.3 · 1.23; a dash for what there is none of. */
export function wordNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const wordValue = ({ value, unit }: Row) => (value === null ? '–' : `${wordNumber(value)} ${unit}`.trim());
const wordSpread = ({ least, most }: Row) => {
  const isSpread = least !== undefined && most !== undefined && least !== most;
  return isSpread ? `${wordNumber(least)} – ${wordNumber(most)}` : '';
};
const wordGoal = ({ goal, value }: Row) =>
  goal === undefined ? '' : `${goal.text} ${value === null ? 'not measured' : goal.met ? 'met' : 'NOT MET'}`;

/** For a terminal: what, the median, the spread of the rounds, the goal. */
export function linesOf({ measure, rows }: Section): string[] {
  return [
    measure,
    ...rows.map((row) =>
      `  ${row.what.padEnd(WHAT_WIDTH)} ${wordValue(row).padStart(18)}  ${wordSpread(row).padEnd(19)} ${wordGoal(row)}`.trimEnd(),
    ),
  ];
}

/** The same for a page. */
export function markdownOf({ rows }: Section): string {
  const cells = rows.map((row) => [row.what, wordValue(row), wordSpread(row), wordGoal(row)]);
  return [['', 'median', 'spread', 'goal'], ['---', '---', '---', '---'], ...cells]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}
