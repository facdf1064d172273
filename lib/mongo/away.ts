import mongoose from 'mongoose';

/** Errors of mongoose and the driver that mean "the database is away", by their stable names; besides those of the network. */
const named = new Set([
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClosedError',
  'MongoServerClosedError',
  'MongoClientClosedError',
  'MongoWaitQueueTimeoutError',
  'DisconnectedError',
]);

/** The driver passes on as it is what its socket meets when the other side breaks off just before a command is written. */
function isBrokenSocket({ name, code, syscall }: Error & { code?: unknown; syscall?: unknown }): boolean {
  return name === 'Error' && syscall === 'write' && (code === 'ECONNRESET' || code === 'EPIPE');
}

/** Whether a command failed because the database is away: a write that was under way may have been done all the same (K-4). */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    // Also its subclasses, such as that of a command which was interrupted since the server's monitor had no answer.
    error instanceof mongoose.mongo.MongoNetworkError ||
    named.has(error.name) ||
    isBrokenSocket(error) ||
    (error.name === 'MongooseError' && /before initial connection/.test(error.message))
  );
}
