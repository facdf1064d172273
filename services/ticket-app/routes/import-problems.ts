import { Problem } from '../../../lib/http/problem.ts';
import type { RowFault } from '../commands/import-seats.ts';

const nothing = 'Nothing was imported.';

/** 409 when the only fault is that seats exist already; 400 otherwise. */
function problem(faults: RowFault[], code: string, detail: string, members: Record<string, unknown>): Problem {
  const exist = faults.every(({ rule }) => rule === 'exists');
  return new Problem(exist ? 409 : 400, exist ? 'seat_exists' : code, `${detail} ${nothing}`, members);
}

/** Names the first bad line, and lists up to twenty. */
export function csvRefused(faults: RowFault[]): Problem {
  const rows = faults.map(({ at, column, field, message }) => ({
    line: at,
    ...(column !== undefined && { column }),
    field,
    message,
  }));
  const [{ line, column, field, message } = { line: 0, field: '', message: '', column: undefined }] = rows;
  const where = [`Line ${line}`, column && `column ${column}`].filter(Boolean).join(', ');
  const detail = `${where}: ${[field, message].filter(Boolean).join(' ')}.`;
  return problem(faults, 'csv_invalid', detail, { line, ...(column !== undefined && { column }), field, rows });
}

/** The same for a JSON list. */
export function listRefused(faults: RowFault[]): Problem {
  const rows = faults.map(({ at, message }) => ({ field: `body.seats[${at}].seatId`, message }));
  const [{ field, message } = { field: 'body.seats', message: '' }] = rows;
  return problem(faults, 'invalid_request', `${field} ${message}.`, { field, rows });
}
