import { existsSync, readFileSync } from 'node:fs';
import {
  type CheckOptions,
  checkTicket,
  keysOf,
  revokedIn,
  type TicketCheck,
} from '../../../services/ticket-app/presenters/gate-page/ticket-check.mjs';
import { type ExitCode, exitCodes, Failure, wrongUsage } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export interface VerifyOptions {
  /** A file, or where ticket-app tells them. */
  keys: string;
  revoked?: string;
  event?: string;
  at?: string;
}

const says: Record<TicketCheck['outcome'], string> = {
  valid: 'Valid: our key has signed it. Whether somebody came in by it before is not in the code.',
  expired: 'Expired.',
  not_yet_valid: 'Not valid yet.',
  revoked: 'Given back: nobody is let in by it.',
  other_event: 'For another event.',
  forged: 'Forged: none of the keys has signed it.',
  not_a_ticket: 'Signed by our key, but no ticket.',
  unreadable: 'Unreadable: this is no code of a ticket.',
};

async function textAt(place: string): Promise<string> {
  try {
    if (!/^https?:\/\//.test(place)) return readFileSync(place, 'utf8');
    const answer = await fetch(place, { signal: AbortSignal.timeout(10_000) });
    if (answer.ok) return await answer.text();
    throw new Error(`it answered ${answer.status}`);
  } catch (error) {
    throw wrongUsage(`${place} cannot be read: ${(error as Error).message}.`);
  }
}

/** Reads JSON and makes something of it. Throws a `Failure` that names the place. */
async function from<Made>(place: string, make: (json: unknown) => Made): Promise<Awaited<Made>> {
  const text = await textAt(place);
  try {
    return await make(JSON.parse(text));
  } catch (error) {
    throw new Failure(exitCodes.usage, 'wrong_file', `${place}: ${(error as Error).message}`);
  }
}

function instantOf(at: string): Date {
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime())) throw wrongUsage(`--at ${at} is no instant, e.g. 2026-11-21T19:00:00+07:00.`);
  return instant;
}

/** Checks a ticket by the public keys: without a network where these are in a file. Wrong: nobody should be let in by it. */
export async function verifyTicket(terminal: Terminal, ticket: string, options: VerifyOptions): Promise<ExitCode> {
  const given: CheckOptions = {
    keys: await from(options.keys, keysOf),
    now: options.at === undefined ? new Date() : instantOf(options.at),
    eventId: options.event,
    revoked: options.revoked === undefined ? undefined : await from(options.revoked, revokedIn),
  };
  const text = existsSync(ticket) ? readFileSync(ticket, 'utf8') : ticket;
  const result = await checkTicket(text, given);
  const { outcome } = result;
  terminal.line(terminal.paint(outcome === 'valid' ? 'green' : 'red', says[outcome]));
  if ('claims' in result) {
    const { ticketNumber, eventId, seatId, validFrom, validUntil } = result.claims;
    terminal.line(`ticket ${ticketNumber}, event ${eventId}, seat ${seatId}`);
    terminal.line(`valid from ${validFrom.toISOString()} until ${validUntil.toISOString()}`);
  }
  if (given.revoked === undefined) terminal.progress('No list of revoked tickets was given (--revoked).');
  terminal.json(result);
  return outcome === 'valid' ? exitCodes.fine : exitCodes.wrong;
}
