/** What a ticket shows. */
export type TicketOrder = {
  bookingId: string;
  bookingNumber: string;
  /** Becomes the file's creation date, so that equal orders give equal bytes. */
  issuedAt: Date;
  holderName: string;
  organizerName: string;
  event: { title: string; venue: string; city: string; startsAt: Date; doorsAt?: Date };
  seats: TicketSeat[];
};

export type TicketSeat = {
  seatId: string;
  section: string;
  row: string;
  number: string;
  category: string;
  /** `amount` in the smallest unit in use: for IDR whole rupiah. */
  price: { amount: number; currency: 'IDR' };
  /** Printed under the QR, to be typed where a code cannot be scanned. */
  ticketNumber: string;
  /** The signed token, drawn as the QR. */
  token: string;
};
