// Tells one process from a later one that got the same pid, so that nothing is ever signalled by mistake.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export type RunningProcess = {
  /** Together with the pid it names one process for as long as the machine runs. */
  readonly startedAt: string;
  readonly command: string;
};

const run = promisify(execFile);

/** The process with this pid, or null when there is none (a finished one that nobody has waited for is none). */
export async function findProcess(pid: number): Promise<RunningProcess | null> {
  return process.platform === 'linux' ? findInProc(pid) : findWithPs(pid);
}

async function findInProc(pid: number): Promise<RunningProcess | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold blanks and brackets; the fields after its last bracket are plain.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startedAt] = [fields[0], fields[19]];
    if (startedAt === undefined || state === 'Z' || state === 'X') return null;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return { startedAt, command: command.replaceAll('\0', ' ').trim() };
  } catch {
    return null;
  }
}

async function findWithPs(pid: number): Promise<RunningProcess | null> {
  try {
    const { stdout } = await run('ps', ['-ww', '-o', 'stat=,lstart=,args=', '-p', String(pid)]);
    const [state, ...words] = stdout.trim().split(/\s+/);
    if (state === undefined || state.startsWith('Z')) return null;
    return { startedAt: words.slice(0, 5).join(' '), command: words.slice(5).join(' ') };
  } catch {
    return null;
  }
}

/** Resolves to true as soon as that very process is gone, to false at the deadline. */
export async function waitUntilGone(pid: number, startedAt: string, deadlineMs: number): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while ((await findProcess(pid))?.startedAt === startedAt) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
