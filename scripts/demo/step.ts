import { reasonOf } from '../system/setup-error.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';

/** One scene of the demo. It asserts whatever it shows: `run` rejects when something is not as it says. */
export interface Step {
  /** For programs, e.g. `book_two_seats`. */
  name: string;
  /** For people: the heading. */
  title: string;
  run: (stage: Stage) => Promise<void>;
}

export interface StepResult {
  name: string;
  ok: boolean;
  ms: number;
  error?: string;
  /** It was not run, because one before it failed. */
  skipped?: true;
}

/** Runs the steps in order. After one has failed the others are skipped: each builds on what those before it left. */
export async function runSteps(steps: readonly Step[], stage: Stage, narrator: Narrator): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [index, step] of steps.entries()) {
    narrator.heading(`${index + 1}. ${step.title}`);
    const result = await runStep(step, stage);
    results.push(result);
    if (!result.ok) {
      narrator.failed(`${result.error}`);
      return [...results, ...skipped(steps.slice(index + 1))];
    }
  }
  return results;
}

export const skipped = (steps: readonly Step[]): StepResult[] =>
  steps.map(({ name }) => ({ name, ok: false, ms: 0, skipped: true }));

async function runStep({ name, run }: Step, stage: Stage): Promise<StepResult> {
  const startedAt = Date.now();
  try {
    await run(stage);
    return { name, ok: true, ms: Date.now() - startedAt };
  } catch (error) {
    return { name, ok: false, ms: Date.now() - startedAt, error: reasonOf(error) };
  }
}
