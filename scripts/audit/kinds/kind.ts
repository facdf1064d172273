export type InvariantName = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6';

/** What `--fix` can do: `scripts/audit/remedies.ts`. None of them moves money or takes a seat from its owner. */
export type RemedyName =
  | 'wake_waitlist'
  | 'release_hold'
  | 'give_back'
  | 'finish_sale'
  | 'make_pdf'
  | 'rebuild_booking'
  | 'rebuild_entry'
  | 'send_again'
  | 'restore_schedule';

/** One way in which documents can disagree. */
export interface Kind {
  invariant: InvariantName;
  /** What it most likely comes from. */
  cause: string;
  /** What an operator does; `{booking}`, `{entry}`, `{seat}`, `{event}` and `{webhook}` stand for the ids. */
  help: string;
  /** Where it is safe to mend. */
  fix?: RemedyName;
}

export const kindsOf = <Name extends string>(kinds: Record<Name, Kind>): Record<Name, Kind> => kinds;

/** Help that is the same for many. */
export const look = 'kursi booking show {booking}';
export const byHand = 'somebody wrote to a database by hand, or restored one database and not the others';
