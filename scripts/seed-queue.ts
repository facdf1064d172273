// npm run seed:queue: people who wait for a seat, played at the doors of the system that runs in the folder.
import { tellSampleQueue } from './sample-queue/tell.ts';
import { readCommandLine } from './system/command-line.ts';
import { urlsAt } from './system/environment.ts';
import { portsAt } from './system/ports.ts';
import { readRunningSystem } from './system/state-file.ts';

const { dir } = readCommandLine();
const running = readRunningSystem(dir);
if (running === undefined) {
  console.error(`No Kursi runs in ${dir}: npm start starts one, and plays the queue itself.`);
  process.exit(1);
}
const { clientApp } = urlsAt(portsAt(running.portOffset));
const isThere = await tellSampleQueue(
  clientApp,
  console.log,
  'The sample queue was played before; nothing was changed.',
);
process.exit(isThere ? 0 : 1);
