/** A moment of a hall: as of then, by the database's clock, of that layout. */
export interface Moment {
  layout: string;
  asOf: Date;
}

/** Where a stream of changes begins or goes on, for its client to keep (`SeatCursor`). */
export const encodeMoment = ({ layout, asOf }: Moment): string => `${layout}.${asOf.getTime()}`;

/** Undefined for what is none: the client then begins anew. */
export function decodeMoment(cursor: string): Moment | undefined {
  const [, layout, ms] = /^([A-Za-z0-9_-]{8})\.(\d{1,15})$/.exec(cursor) ?? [];
  return layout === undefined || ms === undefined ? undefined : { layout, asOf: new Date(Number(ms)) };
}
