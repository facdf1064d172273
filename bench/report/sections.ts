import type { LatencySummary, RateReport } from '../load/rounds.ts';
import type { BareReport } from '../measures/bare.ts';
import type { Summary } from '../statistics.ts';
import { figuresOf } from './figures.ts';
import type { MeasureName, Measures } from './report.ts';

/** One figure with its spread over the rounds, and what is wanted of it. */
export interface Row {
  what: string;
  /** Null: it could not be measured. */
  value: number | null;
  unit: string;
  least?: number;
  most?: number;
  goal?: { text: string; met: boolean };
}

export interface Section {
  measure: MeasureName;
  rows: Row[];
}

type Goal = ['≥' | '≤' | '<', number];

function row(what: string, value: Summary | number | null, unit: string, goal?: Goal): Row {
  const known = typeof value === 'number' || value === null ? { value } : spreadOf(value);
  return { what, unit, ...known, ...(goal && { goal: goalOf(known.value, goal) }) };
}

const spreadOf = ({ median, min, max }: Summary) => ({ value: median, least: min, most: max });

function goalOf(value: number | null, [sign, wanted]: Goal) {
  const met = value !== null && { '≥': value >= wanted, '≤': value <= wanted, '<': value < wanted }[sign];
  return { text: `${sign} ${wanted}`, met };
}

const rate = (what: string, { perSecond, latencies, connections }: RateReport): Row[] => [
  row(`${what}, ${connections} at once`, perSecond, 'a second'),
  ...latency(what, latencies, ['p50', 'p99']),
];

const latency = (what: string, latencies: LatencySummary, which: Array<keyof LatencySummary>): Row[] =>
  which.map((name) => row(`${what}, ${name}`, latencies[name], 'ms'));

const doubled = ({ perSecondDoubled }: BareReport): Row[] =>
  perSecondDoubled === undefined ? [] : [row('the same by twice as many callers', perSecondDoubled, 'a second')];

type Rows = { [Name in MeasureName]: (of: NonNullable<Measures[Name]>, measures: Measures) => Row[] };

/** "Flat within noise": of a median on a busy machine, and of what is counted beside pollers. */
const [FLAT_TIME, FLAT_COUNT] = [1.5, 1.2];

/** The goals are those of docs/benchmarks.md. */
const ROWS: Rows = {
  peer: (peer) =>
    peer.available
      ? [
          ...rate('reserve', peer.reserve),
          ...rate('book', peer.book),
          ...rate('cart', peer.cart),
          ...rate('hot', peer.hot),
        ]
      : [row(`not measured: ${peer.reason}`, null, '')],
  bare: (bare) => [row('workflows', bare.perSecond, 'a second'), ...doubled(bare)],
  book: (book, measures) => [
    row('the ceiling, bare workflows', book.bare.perSecond, 'a second'),
    ...doubled(book.bare),
    row('orders of one seat', book.ordersPerSecond, 'a second'),
    row('orders of one seat', book.ordersPerMinute, 'a minute', ['≥', 500]),
    row('orders of one seat by the ceiling', book.bookToBare, '', ['≥', 0.4]),
    row('seats in orders of four', book.seatsPerSecond4, 'a second', seatsGoal(measures)),
    row('history events of a booking', book.historyEvents, '', ['≤', 44]),
    row('workflow tasks of a booking', book.workflowTasks, '', ['≤', 6]),
  ],
  reserve: ({ idle, loaded, spans }) => [
    row('idle, p50', idle.p50, 'ms', ['<', 60]),
    ...latency('idle', idle, ['p95', 'p99']),
    ...spans.map(({ what, ms }) => row(`of it: ${what}`, ms, 'ms')),
    ...latency(`${loaded.perSecond} orders a second`, loaded, ['p50', 'p95', 'p99']),
  ],
  hot: ({ ticketApp, ticketAppFew, clientApp, clientAppFew }, measures) => [
    row(`ticket-app, ${ticketApp.connections} at once`, ticketApp.perSecond, 'a second'),
    row("ticket-app by the peer's", figuresOf(measures).hotToPeer, '', ['≥', 10]),
    row(`ticket-app, ${ticketApp.connections} at once, p99`, ticketApp.latencies.p99, 'ms', ['<', 50]),
    row(`ticket-app, ${ticketAppFew.connections} at once`, ticketAppFew.perSecond, 'a second'),
    row(`ticket-app, ${ticketAppFew.connections} at once, p99`, ticketAppFew.latencies.p99, 'ms'),
    row(`client-app, ${clientApp.connections} at once`, clientApp.perSecond, 'a second'),
    row(`client-app, ${clientApp.connections} at once, p99`, clientApp.latencies.p99, 'ms'),
    row(`client-app, ${clientAppFew.connections} at once`, clientAppFew.perSecond, 'a second'),
    row(`client-app, ${clientAppFew.connections} at once, p99`, clientAppFew.latencies.p99, 'ms'),
  ],
  recovery: ({ processes, slowestMs }) => [
    ...Object.entries(processes).flatMap(([name, { ms, sinceReadyMs }]) => [
      row(name, ms, 'ms'),
      row(`${name}, since it was ready`, sinceReadyMs, 'ms'),
    ]),
    row('the slowest of all', slowestMs, 'ms', ['≤', 3000]),
  ],
  onsale: (onsale) => [
    row(`${onsale.seats} seats sold out`, onsale.soldOutSeconds, 's'),
    row(`errors of ${onsale.buyers} buyers`, onsale.errors, '', ['≤', 0]),
    ...Object.entries(onsale.errorKinds).map(([kind, count]) => row(`“${kind}”`, count, '')),
    row('bookings that failed since somebody was late', onsale.outOfTime, '', ['≤', 0]),
    row('seats unsold', onsale.unsold, '', ['≤', 0]),
    row('seats sold twice', onsale.soldTwice, '', ['≤', 0]),
    row(`"taken" (${onsale.refused.answers} answers), p50`, onsale.refused.p50, 'ms'),
    row('"taken", p99', onsale.refused.p99, 'ms'),
    row(`"come back later" (${onsale.turnedAway.answers} answers), p50`, onsale.turnedAway.p50, 'ms'),
    row('"come back later", p99', onsale.turnedAway.p99, 'ms'),
    row('until a winner has paid, p50', onsale.waitOfWinners.p50, 'ms'),
    row('until a winner has paid, p95', onsale.waitOfWinners.p95, 'ms'),
    row('seats that a winner asked for, p50', onsale.triesOfWinners.p50, ''),
    row('seats that a winner asked for, at most', onsale.triesOfWinners.max, ''),
    ...onsale.winnersByArrival.map((share, i) => row(`winners from quarter ${i + 1} of the arrivals`, share, '')),
  ],
  read: ({ hallSeats, seatMap, seatMapUnchanged, bookingStatus }) => [
    ...rate(`map of ${hallSeats} seats`, seatMap),
    ...rate('the same, unchanged (304)', seatMapUnchanged),
    ...rate('status of a booking', bookingStatus),
  ],
  waitlist: ({ queues, joinsPerSecond, join, promotion }) => [
    row(`joins, over ${queues} queues`, joinsPerSecond, 'a second'),
    ...latency('join', join, ['p50', 'p99']),
    ...latency('from the cancel call to the next offer', promotion, ['p50', 'p95']),
  ],
  growth: ({ bookings, waiting, ratios }) => {
    const [least, most] = [bookings.at(0)?.pastBookings, bookings.at(-1)?.pastBookings];
    const queue = [waiting.at(0)?.waiting, waiting.at(-1)?.waiting];
    return Object.entries(ratios).map(([name, value]) => {
      const isOfQueue = waiting.some((cost) => name in cost);
      const span = isOfQueue ? `${queue[1]} waiting by ${queue[0]}` : `${most} past bookings by ${least}`;
      return row(`${name}, ${span}`, value, '×', ['≤', name.endsWith('Ms') ? FLAT_TIME : FLAT_COUNT]);
    });
  },
};

/** "At least the peer's": a goal only where there is a peer. */
const seatsGoal = (measures: Measures): Goal | undefined => {
  const { peerCartPerSecond } = figuresOf(measures);
  return peerCartPerSecond === null ? undefined : ['≥', peerCartPerSecond];
};

/** What was measured, in the order in which it is told. */
export function sectionsOf(measures: Measures): Section[] {
  return (Object.keys(ROWS) as MeasureName[]).flatMap((measure) => {
    const rows = rowsOf(measure, measures);
    return rows === undefined ? [] : [{ measure, rows }];
  });
}

function rowsOf<Name extends MeasureName>(name: Name, measures: Measures): Row[] | undefined {
  const found = measures[name];
  return found === undefined ? undefined : ROWS[name](found, measures);
}
