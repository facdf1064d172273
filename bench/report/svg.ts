import { wordNumber } from './wording.ts';

const WIDTH = 760;
const PADDING = 24;
const TITLE_HEIGHT = 56;

/** Dark text on light and light on dark, as the reader's system has it; blue is ours, grey is what it is measured against. */
const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #24292f }
    .title { font-weight: 600; font-size: 16px }
    .quiet { fill: #57606a }
    .ours { fill: #0969da } .other { fill: #8c959f }
    .line { fill: none; stroke-width: 2 } .axis { stroke: #d0d7de } .spread { stroke: #24292f; stroke-width: 1.5 }
    .goal { stroke: #bc4c00; stroke-width: 1.5; stroke-dasharray: 5 4 } .goal-text { fill: #bc4c00 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 } .quiet { fill: #9198a1 } .ours { fill: #4493f8 } .other { fill: #656c76 }
      .axis { stroke: #3d444d } .spread { stroke: #e6edf3 } .goal { stroke: #db6d28 } .goal-text { fill: #f0883e }
    }`;

const SERIES_COLOURS = ['#0969da', '#bc4c00', '#1a7f37', '#8250df', '#bf3989', '#9a6700'];

interface Picture {
  title: string;
  /** What the numbers are, under the title. */
  unit: string;
}

export interface Bar {
  label: string;
  value: number;
  /** Spread of the rounds. */
  least?: number | undefined;
  most?: number | undefined;
  /** Drawn as what it is measured against. */
  isOther?: boolean;
}

export interface Series {
  name: string;
  points: ReadonlyArray<readonly [x: number, y: number]>;
}

/** One bar below the other, each with its number and the spread of its rounds; `goal` is a line across. */
export function barChart({ title, unit, bars, goal }: Picture & { bars: readonly Bar[]; goal?: number }): string {
  const [labelWidth, numberWidth, rowHeight] = [230, 90, 34];
  const left = PADDING + labelWidth;
  const plot = WIDTH - left - numberWidth - PADDING;
  const most = Math.max(goal ?? 0, ...bars.map((bar) => bar.most ?? bar.value)) || 1;
  const x = (value: number) => round(left + (value / most) * plot);
  const rows = bars.map(({ label, value, least, most: upper, isOther }, i) => {
    const y = TITLE_HEIGHT + i * rowHeight + 14;
    const middle = y + 9;
    const spread =
      least !== undefined && upper !== undefined && upper > least
        ? `<path class="spread" d="M${x(least)} ${middle}H${x(upper)}M${x(least)} ${middle - 4}v8M${x(upper)} ${middle - 4}v8"/>`
        : '';
    return [
      `<text x="${left - 10}" y="${y + 14}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="${isOther ? 'other' : 'ours'}" x="${left}" y="${y}" width="${round(x(value) - left)}" height="18" rx="2"/>`,
      spread,
      `<text x="${round(Math.max(x(value), x(upper ?? value)) + 8)}" y="${y + 14}">${wordNumber(value)}</text>`,
    ].join('');
  });
  const bottom = TITLE_HEIGHT + bars.length * rowHeight + 8;
  if (goal !== undefined) {
    rows.push(`<path class="goal" d="M${x(goal)} ${TITLE_HEIGHT}V${bottom}"/>`);
    rows.push(
      `<text class="goal-text" x="${x(goal)}" y="${bottom + 16}" text-anchor="middle">goal ${wordNumber(goal)}</text>`,
    );
  }
  return svg({ title, unit }, bottom + (goal === undefined ? 8 : 28), rows);
}

/** Lines over a logarithmic x axis, from zero up, each point marked. */
export function lineChart({
  title,
  unit,
  xName,
  series,
}: Picture & { xName: string; series: readonly Series[] }): string {
  const [left, top, plotWidth, plotHeight, legendWidth] = [PADDING + 50, TITLE_HEIGHT + 16, 480, 220, 170];
  const points = series.flatMap((one) => one.points);
  const xs = [...new Set(points.map(([at]) => at))].sort((a, b) => a - b);
  const [least, most] = [Math.log10(xs[0] || 1), Math.log10(xs.at(-1) || 10)];
  const ceiling = Math.max(...points.map(([, value]) => value)) || 1;
  const x = (value: number) => round(left + ((Math.log10(value || 1) - least) / (most - least || 1)) * plotWidth);
  const y = (value: number) => round(top + plotHeight - (value / ceiling) * plotHeight);
  const parts = [0, ceiling / 2, ceiling].map(
    (value) =>
      `<path class="axis" d="M${left} ${y(value)}H${left + plotWidth}"/><text class="quiet" x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${wordNumber(value)}</text>`,
  );
  for (const at of xs) {
    parts.push(
      `<text class="quiet" x="${x(at)}" y="${top + plotHeight + 20}" text-anchor="middle">${wordNumber(at)}</text>`,
    );
  }
  parts.push(
    `<text class="quiet" x="${left + plotWidth / 2}" y="${top + plotHeight + 40}" text-anchor="middle">${escaped(xName)}</text>`,
  );
  for (const [i, one] of series.entries()) {
    const colour = SERIES_COLOURS[i % SERIES_COLOURS.length] ?? '';
    const path = one.points.map(([at, value], n) => `${n === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('');
    const legendAt = top + 10 + i * 24;
    const legendX = WIDTH - PADDING - legendWidth + 10;
    parts.push(`<path class="line" stroke="${colour}" d="${path}"/>`);
    for (const [at, value] of one.points)
      parts.push(`<circle cx="${x(at)}" cy="${y(value)}" r="3.5" fill="${colour}"/>`);
    parts.push(`<circle cx="${legendX}" cy="${legendAt - 4}" r="5" fill="${colour}"/>`);
    parts.push(`<text x="${legendX + 12}" y="${legendAt}">${escaped(one.name)}</text>`);
  }
  return svg({ title, unit }, top + plotHeight + 52, parts);
}

function svg({ title, unit }: Picture, height: number, parts: readonly string[]): string {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n  </style>`,
    `<text class="title" x="${PADDING}" y="26">${escaped(title)}</text>`,
    `<text class="quiet" x="${PADDING}" y="46">${escaped(unit)}</text>`,
    ...parts.filter((part) => part !== ''),
    '</svg>',
  ].join('\n')}\n`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
