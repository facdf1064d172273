import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import pLimit, { type LimitFunction } from 'p-limit';
import { limits } from '../../../lib/contracts/limits.ts';
import { newId } from '../../../lib/ids.ts';
import type { Logger } from '../../../lib/logging/logger.ts';
import {
  type JoinRequest,
  join,
  type LeaveAnswer,
  leave,
  type SeatOfEvent,
  seatWaitlistOptions,
  seatWaitlistWorkflowId,
  seatWaitlistWorkflowType,
} from '../../../workflows/seat-waitlist/seat-waitlist.messages.ts';

/** A waitlist that is busy, or that Temporal holds back, is asked again after between one and five of these. */
const jitterMs = 50;

type Settled<Answer extends { outcome: string }> = Exclude<Answer, { outcome: 'busy' }>;

export type WaitlistCalls = ReturnType<typeof createWaitlistCalls>;

/** Calls of the workflow that keeps a seat's queue, started if need be. Undefined: nobody knows in time (K-4). */
export function createWaitlistCalls(temporal: Client, log: Logger) {
  const lines = new Map<string, LimitFunction>();

  /** A few calls at a time for each seat: Temporal takes 10 at once from all processes, and a crowd would starve itself. */
  async function inLine<T>(seat: SeatOfEvent, call: () => Promise<T>): Promise<T> {
    const key = seatWaitlistWorkflowId(seat);
    const line = lines.get(key) ?? pLimit(limits.waitlistCallsPerSeat);
    lines.set(key, line);
    try {
      return await line(call);
    } finally {
      if (line.activeCount + line.pendingCount === 0) lines.delete(key);
    }
  }

  /** Asks until there is an answer, always with the same ids: whatever an earlier try has done is found done. */
  async function ask<Answer extends { outcome: string }>(
    seat: SeatOfEvent,
    until: number,
    call: () => Promise<Answer>,
  ): Promise<Settled<Answer> | undefined> {
    for (;;) {
      if (Date.now() >= until) return undefined;
      try {
        const answer = await temporal.connection.withDeadline(until, call);
        if (answer.outcome !== 'busy') return answer as Settled<Answer>;
      } catch (error) {
        log.debug({ ...seat, reason: (error as Error).message }, 'no answer of the waitlist yet');
      }
      await delay(jitterMs * (1 + 4 * Math.random()));
    }
  }

  const startWorkflowOperation = (seat: SeatOfEvent) =>
    new WithStartWorkflowOperation(seatWaitlistWorkflowType, {
      ...seatWaitlistOptions(seat),
      args: [seat],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });

  return {
    join: (seat: SeatOfEvent, request: JoinRequest, until: number) =>
      inLine(seat, () =>
        ask(seat, until, () =>
          temporal.workflow.executeUpdateWithStart(join, {
            args: [request],
            // The same for each try of one call; another call, with a time of its own, is answered afresh.
            updateId: `${request.entryId}/${request.joinBefore}`,
            startWorkflowOperation: startWorkflowOperation(seat),
          }),
        ),
      ),

    leave(seat: SeatOfEvent, entryId: string, until: number): Promise<Settled<LeaveAnswer> | undefined> {
      // Of each call its own: whoever was refused because of an offer may leave later, when that offer has failed.
      const updateId = `leave-${newId()}`;
      return inLine(seat, () =>
        ask(seat, until, () =>
          temporal.workflow.executeUpdateWithStart(leave, {
            args: [entryId],
            updateId,
            startWorkflowOperation: startWorkflowOperation(seat),
          }),
        ),
      );
    },
  };
}
