import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { limits } from '../../../lib/contracts/limits.ts';
import { Problem } from '../../../lib/http/problem.ts';
import { compile, NotOfSchema } from '../../../lib/schema/ajv.ts';
import type { RowFault, SeatRows } from './import-seats.ts';
import { NewSeatFields } from './new-seat.ts';

/** The header row, exactly; prices are whole rupiah. */
export const csvColumns = ['seat_id', 'section', 'row', 'number', 'category', 'price'] as const;

const seatSchema = compile(NewSeatFields);
const batchRows = 1_000;
/** Far more than six short fields need; an unclosed quote is found by it before it has swallowed the file. */
const maxRecordChars = 4_096;

const columnOf = (field: string): number => csvColumns.indexOf(field as (typeof csvColumns)[number]) + 1;

/** Field names of the schema, as the file's columns. */
const columnName = (field: string): string =>
  field === 'seatId' ? 'seat_id' : field.startsWith('price') ? 'price' : field;

const hints: Record<string, string> = {
  seat_id: 'must be 1 to 64 letters, digits or . _ - and begin with a letter or digit',
  price: 'must be a whole number of rupiah, e.g. 750000',
};

function fault(at: number, field: string, message: string): RowFault {
  const column = columnOf(field);
  return { at, ...(column > 0 && { column }), field, message, rule: 'invalid' };
}

/**
 * The body in chunks. Ending early leaves the request open, so that the refusal can be answered on it, and lets the rest
 * of the body run dry: unread, it would block the connection's next request for ever.
 */
async function* chunksOf(source: Readable): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > limits.csvBytes) throw tooLarge();
      yield chunk as Buffer;
    }
  } finally {
    source.resume();
  }
}

function tooLarge(): Problem {
  const most = `${limits.csvBytes / 1024 / 1024} MB`;
  return new Problem(413, 'body_too_large', `The file is larger than ${most}. Import it in parts.`, { field: 'body' });
}

function seatOf(record: string[], at: number): SeatRows {
  if (record.length !== csvColumns.length) {
    const message = `has ${record.length} columns instead of ${csvColumns.length}`;
    return { rows: [], faults: [fault(at, '', message)] };
  }
  const [seatId, section, row, number, category, price = ''] = record;
  const amount = /^\d{1,13}$/.test(price) ? Number(price) : price;
  try {
    const seat = seatSchema.parse({ seatId, section, row, number, category, price: { amount, currency: 'IDR' } });
    return { rows: [{ at, seat }], faults: [] };
  } catch (error) {
    if (!(error instanceof NotOfSchema)) throw error;
    const field = columnName(error.field);
    return { rows: [], faults: [fault(at, field, hints[field] ?? error.message)] };
  }
}

function headerFault(record: string[]): RowFault | undefined {
  const wrong = csvColumns.findIndex((name, i) => record[i] !== name);
  if (wrong < 0 && record.length === csvColumns.length) return undefined;
  return fault(1, csvColumns[wrong] ?? '', `is not where the header row must have it: ${csvColumns.join(',')}`);
}

/**
 * Reads a CSV file of seats as it arrives, in batches; each row is told by its line. At most one batch is in memory.
 * A file that cannot be read on (a quote that never closes, too many rows) ends with a fault that names the line.
 * Throws a 413 problem for a file that is too large, and rejects if the upload breaks off.
 */
export async function* seatsFromCsv(source: Readable): AsyncGenerator<SeatRows> {
  const parser = parse({
    bom: true,
    trim: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: maxRecordChars,
  });
  // Its failure reaches the loop below through the parser, and is dealt with there.
  pipeline(chunksOf(source), parser).catch(() => undefined);
  let batch: SeatRows = { rows: [], faults: [] };
  let count = -1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      count += 1;
      const read = count === 0 ? headerRead(record) : seatOf(record, info.lines);
      batch.rows.push(...read.rows);
      batch.faults.push(...read.faults);
      if ((count === 0 && read.faults.length > 0) || count > limits.csvRows) break;
      if (batch.rows.length + batch.faults.length < batchRows) continue;
      yield batch;
      batch = { rows: [], faults: [] };
    }
    if (count > limits.csvRows) batch = tooMany();
    if (count < 1 && batch.faults.length === 0) batch.faults.push(fault(1, '', 'has no seats after it'));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    batch.faults.push(fault(Number(error.lines ?? 0), '', `cannot be read: ${error.message}`));
  }
  yield batch;
}

const headerRead = (record: string[]): SeatRows => {
  const wrong = headerFault(record);
  return { rows: [], faults: wrong ? [wrong] : [] };
};

const tooMany = (): SeatRows => ({
  rows: [],
  faults: [fault(limits.csvRows + 2, '', `is beyond the ${limits.csvRows} seats that one file may have`)],
});
