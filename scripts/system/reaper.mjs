// Ends a supervisor's processes when the supervisor itself was killed: node reaper.mjs, told on its standard input
// "+<pid> <start time>" for each process that starts and "-<pid>" for each that has ended. The pipe closes with the
// supervisor, however it dies. Plain Node, so that it starts in milliseconds.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 8_000;
const processes = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const [pid, startTime] = line.slice(1).split(' ');
  if (line.startsWith('+')) processes.set(Number(pid), startTime);
  else processes.delete(Number(pid));
}

// What was started last depends on what was started first: databases go down after their users.
const pids = [...processes.keys()].reverse();
for (const pid of pids) signal(pid, 'SIGTERM');
const deadline = Date.now() + GRACE_MS;
while (pids.some(isAlive) && Date.now() < deadline) await delay(50);
for (const pid of pids) signal(pid, 'SIGKILL');

function signal(pid, name) {
  if (!isAlive(pid)) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended between the look and the signal.
  }
}

/** Also compares start times, where the system tells them: the number may belong to another process by now. */
function isAlive(pid) {
  const startTime = processes.get(pid);
  try {
    process.kill(pid, 0);
    if (!startTime) return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] !== 'Z' && fields[19] === startTime;
  } catch {
    return false;
  }
}
