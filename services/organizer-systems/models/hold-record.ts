import { type Connection, type Model, Schema } from 'mongoose';

/**
 * The life of a hold: claiming → held → released, or claiming → refused → released; absent → released (a tombstone).
 * Nothing leaves `released`, and nothing but a release leaves `refused`.
 */
export type HoldState = 'claiming' | 'held' | 'refused' | 'released';

/** One document a reference. The caller mints the reference, so that a repeated call finds the same document. */
export interface HoldRecord {
  _id: string;
  holdId: string;
  /** A tombstone was released before it was asked for: it has neither event nor seats. */
  event?: string;
  /** In sorted order, which is the order they are claimed in. */
  seats: string[];
  state: HoldState;
  /** Seats that were not free, where the hold was refused. */
  refusedSeats?: string[];
  /** False while seats are still to be claimed or given back; whoever finds it so goes on with the work. */
  settled: boolean;
  createdAt: Date;
  changedAt: Date;
}

/** One document a seat that is not free, unique by (event, seat). It has no reference if the seat is sold elsewhere. */
export interface SeatClaim {
  event: string;
  seat: string;
  reference: string | null;
  claimedAt: Date;
}

const holdSchema = new Schema<HoldRecord>(
  {
    _id: { type: String, required: true },
    holdId: { type: String, required: true },
    event: String,
    seats: { type: [String], required: true },
    state: { type: String, required: true, enum: ['claiming', 'held', 'refused', 'released'] },
    refusedSeats: { type: [String], default: undefined },
    settled: { type: Boolean, required: true },
    createdAt: { type: Date, required: true },
    changedAt: { type: Date, required: true },
  },
  { collection: 'holds', versionKey: false },
);

const claimSchema = new Schema<SeatClaim>(
  {
    event: { type: String, required: true },
    seat: { type: String, required: true },
    reference: { type: String, default: null },
    claimedAt: { type: Date, required: true },
  },
  { collection: 'seat_claims', versionKey: false },
);

export interface HoldModels {
  holds: Model<HoldRecord>;
  claims: Model<SeatClaim>;
}

export function holdModels(connection: Connection): HoldModels {
  return { holds: connection.model('Hold', holdSchema), claims: connection.model('SeatClaim', claimSchema) };
}
