import { runKursi } from './program.ts';
import { processIo } from './terminal.ts';

process.exit(await runKursi(process.argv.slice(2), processIo));
