import { collectBooking } from '../booking/collect.ts';
import { diagnose } from '../booking/diagnose.ts';
import { renderBooking } from '../booking/render.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../failure.ts';

/** A booking across all services. Wrong: something disagrees or is stuck. */
export async function showBooking({ services, workflows, terminal }: Context, reference: string): Promise<ExitCode> {
  const booking = await collectBooking(services, workflows, reference);
  const findings = diagnose(booking);
  renderBooking(booking, findings, terminal);
  terminal.json({ ...booking, findings });
  return findings.length === 0 ? exitCodes.fine : exitCodes.wrong;
}
