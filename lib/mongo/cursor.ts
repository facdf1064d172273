import { Problem } from '../http/problem.ts';

/** Where a page ended: the sort key of its last row. Opaque to callers. */
export interface Position {
  at: Date;
  id: string;
}

export const encodeCursor = (position: Position): string =>
  Buffer.from(JSON.stringify([position.at.getTime(), position.id])).toString('base64url');

/** Throws a 400 problem for a cursor that is not ours. */
export function decodeCursor(cursor: string): Position {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const position = typeof at === 'number' ? new Date(at) : undefined;
    if (position && !Number.isNaN(position.getTime()) && typeof id === 'string') return { at: position, id };
  } catch {
    // Falls through to the refusal below: whatever the fault, the cursor is not one of ours.
  }
  throw new Problem(400, 'invalid_cursor', 'query.cursor is not a cursor of this list; leave it out to start again.', {
    field: 'query.cursor',
  });
}

/** The filter of what comes after a position in a list sorted by `field` and `_id`, newest first. */
export function afterNewestFirst(field: string, position: Position | undefined): Record<string, unknown> {
  if (!position) return {};
  return { $or: [{ [field]: { $lt: position.at } }, { [field]: position.at, _id: { $lt: position.id } }] };
}

/** The filter of what comes after a position in a list sorted by `field` and `_id`, oldest first. */
export function afterOldestFirst(field: string, position: Position | undefined): Record<string, unknown> {
  if (!position) return {};
  return { $or: [{ [field]: { $gt: position.at } }, { [field]: position.at, _id: { $gt: position.id } }] };
}

/** Cuts a page from `limit + 1` rows that were read, and names the next one. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  positionOf: (row: Row) => Position,
): { rows: Row[]; nextCursor?: string } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return rows.length > limit && last ? { rows: page, nextCursor: encodeCursor(positionOf(last)) } : { rows: page };
}
