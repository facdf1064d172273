import type { Summary } from '../statistics.ts';
import type { Measures } from './report.ts';
import { type Bar, barChart, lineChart } from './svg.ts';

/** Processes that take less of a booking than this are told together. */
const LEAST_CPU_SHARE = 0.03;

const bar = (label: string, { median, min, max }: Summary, isOther = false): Bar => ({
  label,
  value: median,
  least: min,
  most: max,
  isOther,
});

/** The pictures of docs/benchmarks.md by their names, as far as their measures were taken. */
export function picturesOf(measures: Measures): Record<string, string> {
  return {
    ...bookPictures(measures),
    ...hotPicture(measures),
    ...latencyPicture(measures),
    ...recoveryPicture(measures),
    ...growthPictures(measures),
  };
}

function bookPictures({ book, peer }: Measures): Record<string, string> {
  if (!book) return {};
  const peers = peer?.available
    ? [bar("the peer's book", peer.book.perSecond, true), bar("the peer's cart", peer.cart.perSecond, true)]
    : [];
  const bars = [
    bar('bare workflows: the ceiling', book.bare.perSecond, true),
    bar('orders of one seat', book.ordersPerSecond),
    bar('seats in orders of four', book.seatsPerSecond4),
    ...peers,
  ];
  return {
    book: barChart({ title: 'Whole bookings, paid and confirmed', unit: 'a second', bars }),
    cpu: barChart({
      title: 'Processor time of an order of one seat',
      unit: 'milliseconds, by process',
      bars: cpuBars(book.cpuMsPerOrder),
    }),
  };
}

function cpuBars(cpuMs: Record<string, number>): Bar[] {
  const all = Object.entries(cpuMs).sort(([, a], [, b]) => b - a);
  const whole = all.reduce((sum, [, ms]) => sum + ms, 0);
  const isLarge = ([, ms]: [string, number]) => ms >= whole * LEAST_CPU_SHARE;
  const rest = all.filter((entry) => !isLarge(entry)).reduce((sum, [, ms]) => sum + ms, 0);
  const bars = all.filter(isLarge).map(([label, value]) => ({ label, value }));
  return rest > 0 ? [...bars, { label: 'all others', value: Math.round(rest * 10) / 10 }] : bars;
}

function hotPicture({ hot, peer }: Measures): Record<string, string> {
  if (!hot) return {};
  const bars = [
    bar('ticket-app', hot.ticketApp.perSecond),
    bar('client-app, with histories', hot.clientApp.perSecond),
    ...(peer?.available ? [bar('the peer', peer.hot.perSecond, true)] : []),
  ];
  const goal = peer?.available ? { goal: peer.hot.perSecond.median * 10 } : {};
  return {
    hot: barChart({ title: 'Refusals of one seat that everybody wants', unit: 'a second, 64 at once', bars, ...goal }),
  };
}

function latencyPicture({ reserve }: Measures): Record<string, string> {
  if (!reserve) return {};
  const { idle, loaded } = reserve;
  const bars = [
    bar('idle, p50', idle.p50),
    bar('idle, p99', idle.p99),
    bar('loaded, p50', loaded.p50),
    bar('loaded, p95', loaded.p95),
    bar('loaded, p99', loaded.p99),
  ];
  const unit = `milliseconds; the goal is the idle p50; loaded: ${loaded.perSecond} orders a second`;
  return { reserve: barChart({ title: 'The booking call', unit, bars, goal: 60 }) };
}

function recoveryPicture({ recovery }: Measures): Record<string, string> {
  if (!recovery) return {};
  const bars = Object.entries(recovery.processes).map(([name, { ms }]) => bar(name, ms));
  const unit = 'milliseconds from the start of the new process; the goal is for each';
  return { recovery: barChart({ title: 'After kill -9, until a booking succeeds', unit, bars, goal: 3_000 }) };
}

function growthPictures({ growth }: Measures): Record<string, string> {
  if (!growth) return {};
  const { bookings, waiting } = growth;
  const unit = 'median, milliseconds';
  const past = (name: string, of: (cost: (typeof bookings)[number]) => number) => ({
    name,
    points: bookings.map((cost) => [cost.pastBookings, of(cost)] as const),
  });
  const queue = (name: string, of: (cost: (typeof waiting)[number]) => number) => ({
    name,
    points: waiting.map((cost) => [cost.waiting, of(cost)] as const),
  });
  return {
    growth: lineChart({
      title: 'The same calls with more past bookings',
      unit,
      xName: 'past bookings',
      series: [
        past('reserve', ({ reserveMs }) => reserveMs),
        past('a booking', ({ statusMs }) => statusMs),
        past("one's bookings", ({ listMs }) => listMs),
        past('seat map', ({ seatMapMs }) => seatMapMs),
        past('events', ({ eventListMs }) => eventListMs),
      ],
    }),
    'growth-waiting': lineChart({
      title: 'The same calls with more people in the queue',
      unit,
      xName: 'waiting for the seat',
      series: [
        queue('join', ({ joinMs }) => joinMs),
        queue('look', ({ lookMs }) => lookMs),
        queue('leave', ({ leaveMs }) => leaveMs),
      ],
    }),
  };
}
