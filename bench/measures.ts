import type { Stage } from './measure.ts';
import { measureBare } from './measures/bare.ts';
import { measureBook } from './measures/book.ts';
import { measureGrowth } from './measures/growth.ts';
import { measureHot } from './measures/hot.ts';
import { measureOnsale } from './measures/onsale.ts';
import { measureRead } from './measures/read.ts';
import { measureRecovery } from './measures/recovery.ts';
import { measureReserve } from './measures/reserve.ts';
import { measureWaitlist } from './measures/waitlist.ts';
import type { MeasureName, Measures } from './report/report.ts';

interface Measure {
  name: MeasureName;
  /** One line for the list of measures. */
  what: string;
  /** On a system that runs. The peer has none: it is measured before. */
  measure?: (stage: Stage) => Promise<Measures>;
}

/** In the order in which they run: those that leave most behind them come last, and at the very end all processes are new. */
export const MEASURES: readonly Measure[] = [
  { name: 'peer', what: 'a ticket shop on Restate, on the same machine' },
  {
    name: 'bare',
    what: 'the least possible workflow on the same server',
    measure: async (stage) => ({ bare: await measureBare(stage) }),
  },
  {
    name: 'book',
    what: 'whole bookings, paid and confirmed, against the least possible workflow',
    measure: async (stage) => {
      const book = await measureBook(stage);
      return { book, bare: book.bare };
    },
  },
  {
    name: 'reserve',
    what: 'the booking call alone, idle and loaded',
    measure: async (stage) => ({ reserve: await measureReserve(stage) }),
  },
  {
    name: 'hot',
    what: 'everyone wants one seat that is taken',
    measure: async (stage) => ({ hot: await measureHot(stage) }),
  },
  {
    name: 'read',
    what: 'seat map and status of a booking',
    measure: async (stage) => ({ read: await measureRead(stage) }),
  },
  {
    name: 'waitlist',
    what: 'joins, and from a cancellation to the next offer',
    measure: async (stage) => ({ waitlist: await measureWaitlist(stage) }),
  },
  {
    name: 'onsale',
    what: 'a crowd buys a hall, all at once',
    measure: async (stage) => ({ onsale: await measureOnsale(stage) }),
  },
  {
    name: 'growth',
    what: 'the same calls with more and more that has been before',
    measure: async (stage) => ({ growth: await measureGrowth(stage) }),
  },
  {
    name: 'recovery',
    what: 'from the start of a killed process until bookings succeed',
    measure: async (stage) => ({ recovery: await measureRecovery(stage) }),
  },
];

export const measureNamed = (name: string): Measure | undefined => MEASURES.find((measure) => measure.name === name);
