/** The named limits of `docs/protocols.md`; whoever enforces one imports it from here. */
export const limits = {
  seatsPerBooking: 10,
  paymentTries: 3,
  /** How long a booking waits for its payment. An event may override it. */
  holdMs: 15 * 60_000,
  /** How long a promoted person has to pay. An event may override it. */
  offerMs: 10 * 60_000,
  waitingPerSeat: 500,
  waitingPerPerson: 10,
  /** Joins and leaves under way at once for one seat, from one process: Temporal takes 10 updates at a time from all. */
  waitlistCallsPerSeat: 4,
  /** How long a buyer's call waits for an answer before it is told 202. */
  patienceMs: 10_000,
  /**
   * Bookings in the making at once in one ticket-app process; see docs/architecture.md, "Overload". All of them should have
   * their answer within `patienceMs`: measured, two cores that share everything make four to eight a second.
   */
  bookingsInFlight: 32,
  /** Booking and joining calls of one event under way at once in one client-app process, at most. */
  callsInFlight: 256,
  /** Calls slower than this lower the number that is let in at once. */
  slowCallMs: 1_000,
  /** Requests a minute from one address, behind which may stand a whole office, and of one person. */
  requestsPerAddress: 6_000,
  requestsPerPerson: 600,
  /** How long an access token is good: services that only check its signature believe it for as long. */
  accessTokenSeconds: 600,
  /** A session ends if it is not used for so long, and in any case after the second one. */
  sessionIdleMs: 30 * 24 * 3_600_000,
  sessionMs: 180 * 24 * 3_600_000,
  sessionsPerPerson: 100,
  /** Failed sign-ins to one e-mail address from one IP address, in a window of its own; see `guard-attempts.ts`. */
  signInFailuresPerPair: 10,
  signInPairWindowMs: 15 * 60_000,
  /** The same to one e-mail address from wherever, and from one IP address to whichever, in `attemptsWindowMs`. */
  signInFailuresPerEmail: 50,
  signInFailuresPerIp: 100,
  /** Registrations from one IP address, behind which may stand a whole office, in `attemptsWindowMs`. */
  registrationsPerIp: 200,
  attemptsWindowMs: 3_600_000,
  /** How long the place that somebody has signed in from is exempt from what others fail at from elsewhere. */
  knownPlaceMs: 90 * 24 * 3_600_000,
  seatsPerPersonAndEvent: 10,
  unpaidBookingsPerPersonAndEvent: 2,
  bodyBytes: 64 * 1024,
  /** How long a request's body may take to arrive; an upload of seats only has to go on (`importSilenceMs`). */
  bodyMs: 20_000,
  /** The line of a request and its headers together, so the longest URL too. */
  headerBytes: 16 * 1024,
  headerCount: 100,
  headersMs: 10_000,
  /** Connections open at once at one process; more are closed at once. */
  connections: 10_000,
  csvRows: 50_000,
  csvBytes: 32 * 1024 * 1024,
  /** An upload that brings nothing for this long is given up. */
  importSilenceMs: 30_000,
  /** Seats in one JSON call: what the body limit holds. More go in as CSV. */
  seatsPerJson: 500,
  /** Seats in one answer: the largest hall of one page. */
  seatsPerPage: 7_000,
  /** Who listen to changes of seats at one process, of all events; and at client-app, from one address. */
  seatListeners: 5_000,
  seatListenersPerAddress: 100,
  /** What a listener may leave unread before it is dropped. */
  seatListenerBytes: 256 * 1024,
  /** How long a webhook's id is remembered: longer than any sender retries. */
  webhookMemoryMs: 30 * 24 * 3_600_000,
  /** How long an Idempotency-Key is remembered. */
  idempotencyKeyMs: 24 * 3_600_000,
} as const;
