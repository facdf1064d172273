import type { MachineFacts } from '../machine.ts';
import type { BareReport } from '../measures/bare.ts';
import type { BookReport } from '../measures/book.ts';
import type { GrowthReport } from '../measures/growth.ts';
import type { HotReport } from '../measures/hot.ts';
import type { OnsaleReport } from '../measures/onsale.ts';
import type { PeerReport } from '../measures/peer.ts';
import type { ReadReport } from '../measures/read.ts';
import type { RecoveryReport } from '../measures/recovery.ts';
import type { ReserveReport } from '../measures/reserve.ts';
import type { WaitlistReport } from '../measures/waitlist.ts';

/** Those that were asked for. */
export interface Measures {
  peer?: PeerReport;
  bare?: BareReport;
  book?: BookReport;
  reserve?: ReserveReport;
  hot?: HotReport;
  recovery?: RecoveryReport;
  onsale?: OnsaleReport;
  read?: ReadReport;
  waitlist?: WaitlistReport;
  growth?: GrowthReport;
}
export type MeasureName = keyof Measures;

/** One run. */
export interface Report {
  at: string;
  machine: MachineFacts;
  seed: number;
  rounds: number;
  seconds: number;
  /** Resident, by process: of the system before it did anything, and right after each measure. */
  memoryMb: { idle: Record<string, number>; after: Record<string, Record<string, number>> };
  measures: Measures;
}
