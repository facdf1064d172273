import { parseArgs } from 'node:util';
import { SetupError } from './setup-error.ts';

export interface SystemArguments {
  dir: string;
  portOffset: number;
  positionals: string[];
}

/**
 * --dir and --port-offset, or KURSI_DIR and KURSI_PORT_OFFSET; what else is given stands in `positionals`.
 * A mistake ends the process with one line.
 */
export function readCommandLine(): SystemArguments {
  try {
    return parseSystemArguments(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

export function parseSystemArguments(args: string[], env: NodeJS.ProcessEnv): SystemArguments {
  const { values, positionals } = parseArgs({
    args,
    options: { dir: { type: 'string' }, 'port-offset': { type: 'string' } },
    allowPositionals: true,
  });
  const offset = values['port-offset'] ?? env.KURSI_PORT_OFFSET ?? '0';
  if (!/^\d+$/.test(offset)) throw new SetupError(`The port offset must be a whole number, not "${offset}".`);
  return { dir: values.dir ?? (env.KURSI_DIR || '.kursi'), portOffset: Number(offset), positionals };
}
