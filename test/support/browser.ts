// A headless Chromium, if there is one on this machine, by its DevTools protocol over a pipe: no package needed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { findOnPath } from '../../scripts/system/commands.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The program, or undefined where there is none. */
export const chromium = (): string | undefined =>
  names.map((name) => findOnPath(name, process.env.PATH)).find((file) => file !== undefined);

interface Message {
  id?: number;
  method?: string;
  sessionId?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

export interface Page {
  /** The value of an expression in the page; a promise is waited for. */
  evaluate<Value>(expression: string): Promise<Value>;
  goOffline(): Promise<void>;
  /** What the page complained of: errors of scripts, refusals of its policy. */
  complaints: string[];
  close(): Promise<void>;
}

/** Opens a page in a browser of its own. */
export async function openPage(program: string, url: string): Promise<Page> {
  const profile = mkdtempSync(path.join(tmpdir(), 'kursi-browser-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-pipe'];
  const child: ChildProcess = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [toBrowser, fromBrowser] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  toBrowser.on('error', () => {});
  const waiting = new Map<number, (message: Message) => void>();
  const complaints: string[] = [];
  let rest = '';
  fromBrowser.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages.map((text) => JSON.parse(text) as Message)) {
      if (message.id !== undefined) waiting.get(message.id)?.(message);
      if (message.method === 'Runtime.exceptionThrown' || message.method === 'Log.entryAdded')
        complaints.push(JSON.stringify(message.params));
    }
  });
  let lastId = 0;
  const send = <Result>(method: string, params: object = {}, sessionId?: string): Promise<Result> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, ({ error, result }) =>
        error ? reject(new Error(error.message)) : resolve(result as Result),
      );
      toBrowser.write(`${JSON.stringify({ id: lastId, method, params, ...(sessionId && { sessionId }) })}\0`);
    });

  const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  for (const domain of ['Runtime', 'Log', 'Network', 'Page']) await send(`${domain}.enable`, {}, sessionId);
  await send('Page.navigate', { url }, sessionId);
  return {
    complaints,
    async evaluate<Value>(expression: string) {
      const given = { expression, awaitPromise: true, returnByValue: true };
      const { result } = await send<{ result: { value: Value } }>('Runtime.evaluate', given, sessionId);
      return result.value;
    },
    async goOffline() {
      const nothing = { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 };
      await send('Network.emulateNetworkConditions', nothing, sessionId);
    },
    async close() {
      const ended = once(child, 'exit');
      await send('Browser.close').catch(() => child.kill('SIGKILL'));
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
