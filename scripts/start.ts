// npm start: installs nothing itself (bootstrap.mjs did), starts everything, and runs until Ctrl-C.
import { tellSampleQueue } from './sample-queue/tell.ts';
import { readCommandLine } from './system/command-line.ts';
import { runInForeground } from './system/foreground.ts';
import { welcome } from './system/welcome.ts';

const { dir, portOffset } = readCommandLine();
const startedAt = Date.now();

await runInForeground({ dir, portOffset, say: console.log, restart: true }, async (system) => {
  await system.startEngines();
  await system.startServices();
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(await welcome(system.urls, { dir, seconds }));
  await tellSampleQueue(system.urls.clientApp, console.log);
});
