import type { Connection, Types } from 'mongoose';

/** A PDF in GridFS. Absent chunks mean that it cannot be read. */
interface StoredFile {
  /** Bytes, as its files document says. */
  length: number;
  isWhole: boolean;
}

/** By the file's id in hexadecimal. */
export type StoredFiles = ReadonlyMap<string, StoredFile>;

interface FileDocument {
  _id: Types.ObjectId;
  length: number;
  chunkSize: number;
}

/** Looks for these files by their ids, and counts their chunks by the index: no PDF is read. */
export async function storedFiles(
  database: Connection,
  bucket: 'ticket_pdfs' | 'tickets',
  ids: readonly Types.ObjectId[],
): Promise<StoredFiles> {
  if (ids.length === 0) return new Map();
  const [files, chunks] = await Promise.all([
    database
      .collection(`${bucket}.files`)
      .find({ _id: { $in: [...ids] } })
      .toArray() as unknown as Promise<FileDocument[]>,
    database
      .collection(`${bucket}.chunks`)
      .aggregate<{ _id: Types.ObjectId; count: number }>([
        { $match: { files_id: { $in: [...ids] } } },
        { $group: { _id: '$files_id', count: { $sum: 1 } } },
      ])
      .toArray(),
  ]);
  const countOf = new Map(chunks.map(({ _id, count }) => [_id.toHexString(), count]));
  return new Map(
    files.map(({ _id, length, chunkSize }) => {
      const id = _id.toHexString();
      return [id, { length, isWhole: countOf.get(id) === Math.ceil(length / chunkSize) }];
    }),
  );
}
