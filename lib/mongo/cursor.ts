import { createHash } from 'node:crypto';
import { Problem } from '../http/problem.ts';

/** What a list can be sorted by. */
export type SortKey = Date | number | string;
type Kind = 'date' | 'number' | 'text';
interface Keys {
  date: Date;
  number: number;
  text: string;
}

/** Where a page ended: the sort key of its last row, and its id. Opaque to callers. */
export interface Position<Key extends SortKey = Date> {
  at: Key;
  id: string;
}

/** The longest cursor that a list of ours gives: a sort key of 80 characters, each of them escaped, and an id. */
export const cursorMaxLength = 1_000;

/** Names a list by its order and filters: a cursor of another one is refused. */
export const scopeOf = (list: Record<string, unknown>): string =>
  createHash('sha256')
    .update(
      JSON.stringify(
        Object.entries(list)
          .filter(([, value]) => value !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    )
    .digest('base64url')
    .slice(0, 12);

export function encodeCursor({ at, id }: Position<SortKey>, scope = ''): string {
  const content = [at instanceof Date ? at.getTime() : at, id, ...(scope === '' ? [] : [scope])];
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

function keyOf(kind: Kind, key: unknown): SortKey | undefined {
  if (kind === 'text') return typeof key === 'string' ? key : undefined;
  if (typeof key !== 'number') return undefined;
  if (kind === 'number') return key;
  const date = new Date(key);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Throws a 400 problem `invalid_cursor` for a cursor that is not ours, or of a list with another order or other filters. */
export function decodeCursor<K extends Kind = 'date'>(cursor: string, kind?: K, scope = ''): Position<Keys[K]> {
  try {
    const [key, id, of = ''] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const at = keyOf(kind ?? 'date', key);
    if (at !== undefined && typeof id === 'string' && of === scope) return { at: at as Keys[K], id };
  } catch {
    // Falls through to the refusal below: whatever the fault, the cursor is not one of ours.
  }
  throw new Problem(
    400,
    'invalid_cursor',
    'query.cursor is not a cursor of this list with these filters; leave it out to start again.',
    { field: 'query.cursor' },
  );
}

/** The filter of what comes after a position in a list sorted by `field` and `_id`, newest first. */
export function afterNewestFirst(field: string, position: Position | undefined): Record<string, unknown> {
  return position ? after({ field, direction: -1 }, position) : {};
}

function after({ field, direction }: { field: string; direction: 1 | -1 }, { at, id }: Position<SortKey>) {
  const [beyond, orAt] = direction === 1 ? ['$gt', '$gte'] : ['$lt', '$lte'];
  return {
    // The bound of its own lets an index be entered there, and not read from the list's beginning.
    $and: [{ [field]: { [orAt]: at } }, { $or: [{ [field]: { [beyond]: at } }, { _id: { [beyond]: id } }] }],
  };
}

/** The order of a list: by one field, and among equals by `_id`, both in the same direction. */
export interface ListOrder<Row, K extends Kind = Kind> {
  field: string;
  kind: K;
  direction: 1 | -1;
  keyOf(row: Row): Keys[K];
}

/**
 * The pages of a list in one order and under one filter. They are stable: rows that are added meanwhile make no row come
 * twice or not at all. `filter` is what the caller asked for; its cursors are good for no other.
 */
export function pagesOf<Row extends { _id: string }, K extends Kind>(
  order: ListOrder<Row, K>,
  filter: Record<string, unknown>,
) {
  const { field, kind, direction } = order;
  const scope = scopeOf({ ...filter, sortedBy: `${field} ${direction}` });
  return {
    sort: { [field]: direction, _id: direction },

    /** The filter of what follows; everything without a cursor. Throws 400 `invalid_cursor`. */
    after: (cursor: string | undefined): Record<string, unknown> =>
      cursor === undefined ? {} : after(order, decodeCursor(cursor, kind, scope)),

    /** Cuts a page from the `limit + 1` rows that were read, and names the next one. */
    page: (rows: Row[], limit: number) =>
      pageOf(rows, limit, (row) => ({ at: order.keyOf(row) as SortKey, id: row._id }), scope),
  };
}

/** Cuts a page from `limit + 1` rows that were read, and names the next one. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  positionOf: (row: Row) => Position<SortKey>,
  scope = '',
): { rows: Row[]; nextCursor?: string } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return rows.length > limit && last
    ? { rows: page, nextCursor: encodeCursor(positionOf(last), scope) }
    : { rows: page };
}
