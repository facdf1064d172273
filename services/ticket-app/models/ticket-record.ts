import { type Connection, type Model, Schema, type Types } from 'mongoose';

/** One seat's ticket at the gate. */
interface TicketUse {
  seatId: string;
  at: Date;
  /** Who let the person in, and the name of that scan: the same scan repeated is not a second one. */
  key: string;
}

/** The tickets of one booking. Only `ticket-records.ts` writes them. A record that begins as REVOKED bars a ticket (K-2). */
export interface TicketRecord {
  /** The booking's id. */
  _id: string;
  status: 'VALID' | 'REVOKED';
  /** The PDF in GridFS; readers go through it, so that a lost race leaves no second ticket. */
  fileId: Types.ObjectId | null;
  sha256?: string;
  /** Uploads that were swept: none of them can become the file any more (K-2). */
  swept?: Types.ObjectId[];
  issuedAt: Date;
  /** The seats that have been let in. */
  uses?: TicketUse[];
  /** Of tickets that were out and were taken back: what gates must know. */
  revokedAt?: Date;
  eventId?: string;
  ticketNumbers?: string[];
}

const schema = new Schema<TicketRecord>({
  _id: { type: String, required: true },
  status: { type: String, required: true },
  fileId: { type: Schema.Types.ObjectId, default: null },
  sha256: String,
  swept: { type: [Schema.Types.ObjectId], default: undefined },
  issuedAt: { type: Date, required: true },
  uses: {
    type: [
      new Schema(
        {
          seatId: { type: String, required: true },
          at: { type: Date, required: true },
          key: { type: String, required: true },
        },
        { _id: false },
      ),
    ],
    default: undefined,
  },
  revokedAt: Date,
  eventId: String,
  ticketNumbers: { type: [String], default: undefined },
});

/** For reading. Whatever changes a record goes through `ticket-records.ts`. */
export const ticketRecordModel = (connection: Connection): Model<TicketRecord> =>
  (connection.models.TicketRecord as Model<TicketRecord> | undefined) ??
  connection.model<TicketRecord>('TicketRecord', schema, 'tickets');
