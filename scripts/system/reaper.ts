import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProcessIdentity } from './process-identity.ts';

const SCRIPT = fileURLToPath(new URL('./reaper.mjs', import.meta.url));

export interface Reaper {
  /** This process must not outlive us. */
  watch(identity: ProcessIdentity): void;
  forget(identity: ProcessIdentity): void;
  /** Everything has ended in order; resolves when the reaper has ended as well. */
  dismiss(): Promise<void>;
}

/** Starts the process that ends all others if this one is killed and cannot do so itself. */
export function startReaper(): Reaper {
  const child = spawn(process.execPath, [SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(child, 'exit');
  // Without it a process may outlive a killed supervisor; the next start finds such ones in system.json.
  child.stdin.on('error', () => {});
  child.unref();
  const tell = (sign: '+' | '-', { pid, startTime }: ProcessIdentity): void => {
    child.stdin.write(`${sign}${pid} ${startTime ?? ''}\n`);
  };
  return {
    watch: (identity) => tell('+', identity),
    forget: (identity) => tell('-', identity),
    async dismiss() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
