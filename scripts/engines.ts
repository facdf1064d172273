// Starts MongoDB and Temporal only, and keeps them running until Ctrl-C: npm run engines -- [--dir …] [--port-offset …].
// For working on one service, or for running single tests again and again.
import { readCommandLine } from './system/command-line.ts';
import { runInForeground } from './system/foreground.ts';

const { dir, portOffset } = readCommandLine();
const say = console.log;
const wayOut = (offset: number) => `npm run engines -- --port-offset ${offset}`;

await runInForeground({ dir, portOffset, say, restart: true, wayOut }, async (system) => {
  await system.startEngines();
  for (const [name, uri] of Object.entries(system.databases.uris)) say(`  ${name.padEnd(12)} ${uri}`);
  say(`  ${'Temporal'.padEnd(12)} ${system.env.TEMPORAL_ADDRESS}`);
  if (system.urls.temporalUi) say(`  ${'Web UI'.padEnd(12)} ${system.urls.temporalUi}`);
  say('Ready. Ctrl-C stops them.');
});
