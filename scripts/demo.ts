// npm run demo [-- --json]: plays the product over HTTP, on the system that runs in the folder or on one of its own.
import { parseArgs } from 'node:util';
import { Narrator } from './demo/narrator.ts';
import { findPlace, makePlace, type Place } from './demo/place.ts';
import { Stage } from './demo/stage.ts';
import { runSteps, type StepResult, skipped } from './demo/step.ts';
import { story } from './demo/story.ts';
import { reasonOf, SetupError } from './system/setup-error.ts';
import type { System } from './system/system.ts';

const values = readArguments();
// With --json stdout is for programs; people still read along on stderr.
const stream = values.json ? process.stderr : process.stdout;
const say = (line: string) => void stream.write(`${line}\n`);
const narrator = new Narrator(say, stream.isTTY === true && !process.env.NO_COLOR);

interface Outcome {
  steps: StepResult[];
  /** What went wrong before or after the steps. */
  error?: string;
}

let system: System | undefined;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void interrupt());
// bootstrap.mjs has ended, however it ended.
process.on('disconnect', () => void interrupt());
process.channel?.unref();

finish(await play());

/** A mistake ends the process with one line. */
function readArguments() {
  try {
    const options = {
      json: { type: 'boolean', default: false },
      dir: { type: 'string', default: process.env.KURSI_DIR || '.kursi' },
      'port-offset': { type: 'string', default: process.env.KURSI_PORT_OFFSET || '0' },
      /** Another door than the one of the folder's system. */
      'client-app': { type: 'string' },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(reasonOf(error));
    process.exit(2);
  }
}

async function play(): Promise<Outcome> {
  let place: Place;
  try {
    const options = { dir: values.dir, portOffset: Number(values['port-offset']), say };
    place = (await findPlace(options)) ?? (await makePlace(options, (made) => (system = made)));
  } catch (error) {
    return { steps: skipped(story), error: error instanceof SetupError ? error.message : reasonOf(error) };
  }
  const { urls } = place.stage;
  const clientApp = values['client-app'] ?? urls.clientApp;
  const stage = new Stage({ ...place.stage, urls: { ...urls, clientApp } }, narrator);
  const steps = await runSteps(story, stage, narrator);
  const leaving = [() => stage.boxOffice.closeAll(), place.leave];
  const failures: string[] = [];
  for (const leave of leaving) await leave().catch((error: unknown) => failures.push(reasonOf(error)));
  return { steps, ...(failures.length > 0 && { error: failures.join('; ') }) };
}

function finish({ steps, error }: Outcome): never {
  const ok = error === undefined && steps.every((step) => step.ok);
  const ms = steps.reduce((sum, step) => sum + step.ms, 0);
  if (error !== undefined) narrator.failed(error);
  if (ok) narrator.done(`All ${steps.length} steps went as they should (${(ms / 1000).toFixed(1)} s).`);
  if (values.json) console.log(JSON.stringify({ ok, ...(error !== undefined && { error }), steps }));
  process.exit(ok ? 0 : 1);
}

/** Ctrl-C: what was started for the demo is stopped, whatever it is doing. */
async function interrupt(): Promise<void> {
  if (interrupted) return;
  interrupted = true;
  say('\nStopping …');
  await system?.stop().catch((error: unknown) => say(reasonOf(error)));
  finish({ steps: skipped(story), error: 'interrupted' });
}
