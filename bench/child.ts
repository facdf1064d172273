import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a TypeScript file in a process of its own, which ends when this one does: its channel is cut. */
export function startChild(file: URL, env: Record<string, string> = {}): ChildProcess {
  return fork(fileURLToPath(file), { execArgv: ['--import=tsx'], env: { ...process.env, ...env } });
}

/** The next thing the process tells. @throws when it ends without a word. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const given = new AbortController();
  const { signal } = given;
  const ended = once(child, 'exit', { signal }).then(([code, endedBy]) => {
    throw new Error(`A process of the benchmark ended early, with ${code ?? endedBy}; what it printed is above.`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    ended.catch(() => {});
    given.abort();
  }
}

/**
 * Gives `input` to a file that answers with one message, and waits for that. Who makes load is not to be who measures.
 * @throws when the process ends without a word; one that says nothing for `timeoutMs` is ended.
 */
export async function askChild(file: URL, input: object, timeoutMs?: number): Promise<unknown> {
  const child = startChild(file);
  const deadline = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    child.send(input);
    return await nextMessage(child);
  } finally {
    clearTimeout(deadline);
    if (child.connected) child.disconnect();
  }
}
