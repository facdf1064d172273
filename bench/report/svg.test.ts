import { expect } from 'chai';
import { describe, it } from 'mocha';
import { barChart, lineChart } from './svg.ts';

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found ?? '');
const widths = (svg: string) => all(svg, /<rect [^>]*width="([^"]+)"/g).map(Number);

/** Every tag that is opened is closed, in order. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, closing, name = '', empty] of svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (closing) expect(open.pop()).to.equal(name);
    else if (!empty) open.push(name);
  }
  expect(open).to.deep.equal([]);
  expect(svg).to.not.match(/NaN|undefined|Infinity/);
}

describe('a bar chart', () => {
  const picture = { title: 'Orders & seats', unit: 'a second' };

  it('draws a bar as long as its value, and says it', () => {
    const svg = barChart({
      ...picture,
      bars: [
        { label: 'ours', value: 10 },
        { label: 'theirs', value: 40, isOther: true },
      ],
    });
    expectWellFormed(svg);
    const [ours = 0, theirs = 0] = widths(svg);
    expect(theirs / ours).to.be.closeTo(4, 0.05);
    expect(svg).to.include('>10<').and.include('>40<');
    expect(all(svg, /<rect class="(\w+)"/g)).to.deep.equal(['ours', 'other']);
  });

  it('escapes what it writes', () => {
    const svg = barChart({ ...picture, bars: [{ label: '<b> & "c"', value: 1 }] });
    expectWellFormed(svg);
    expect(svg).to.include('&lt;b&gt; &amp; &quot;c&quot;').and.include('Orders &amp; seats');
  });

  it('makes room for a goal beyond every bar, and for the spread of the rounds', () => {
    const [alone = 0] = widths(barChart({ ...picture, bars: [{ label: 'a', value: 10 }] }));
    const svg = barChart({ ...picture, bars: [{ label: 'a', value: 10, least: 5, most: 15 }], goal: 20 });
    expectWellFormed(svg);
    expect(widths(svg)[0]).to.be.closeTo(alone / 2, 0.2);
    expect(svg)
      .to.include('goal 20')
      .and.match(/class="spread" d="/);
  });

  it('can be drawn of nothing but zeros', () => {
    const svg = barChart({ ...picture, bars: [{ label: 'none', value: 0 }] });
    expectWellFormed(svg);
    expect(widths(svg)).to.deep.equal([0]);
  });

  it('can be read on light and on dark', () => {
    expect(barChart({ ...picture, bars: [] })).to.include('prefers-color-scheme: dark');
  });
});

describe('a line chart', () => {
  it('has a point for each size, as far apart as their logarithms, and higher where the value is', () => {
    const points = [
      [10, 5],
      [100, 10],
      [1_000, 10],
    ] as const;
    const svg = lineChart({ title: 'Growth', unit: 'ms', xName: 'rows', series: [{ name: 'reserve', points }] });
    expectWellFormed(svg);
    const xs = all(svg, /<circle cx="([^"]+)" cy="[^"]+" r="3.5"/g).map(Number);
    const ys = all(svg, /<circle cx="[^"]+" cy="([^"]+)" r="3.5"/g).map(Number);
    expect(xs).to.have.length(3);
    expect((xs[1] ?? 0) - (xs[0] ?? 0)).to.be.closeTo((xs[2] ?? 0) - (xs[1] ?? 0), 0.2);
    expect(ys[0]).to.be.greaterThan(ys[1] ?? 0);
    expect(ys[1]).to.equal(ys[2]);
    expect(svg).to.include('>reserve<').and.include('>1,000<');
  });
});
