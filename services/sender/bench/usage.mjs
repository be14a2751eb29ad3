// What processes cost, from /proc: CPU seconds and memory of the sender, of the responder and of every store that runs on this machine.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that we run on
const PAGE_BYTES = 4_096;
const LISTENING = '0A';

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process has ended, or is not ours to look at
  }
};

const processIds = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** The fields of /proc/<pid>/stat after the name, which may contain anything: state, parent, … */
const statOf = (pid) => {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
};

/** Who listens on this port; undefined when it is in a container, or somewhere else. */
export function listenerOn(port) {
  const hexPort = Number(port).toString(16).toUpperCase().padStart(4, '0');
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => read(path)?.split('\n').slice(1) ?? []);
  const fields = sockets
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, , state]) => local?.endsWith(`:${hexPort}`) && state === LISTENING);
  if (!fields) return undefined;
  return processIds()
    .map(Number)
    .find((pid) => hasSocket(pid, `socket:[${fields[9]}]`));
}

function hasSocket(pid, name) {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === name);
  } catch {
    return false;
  }
}

/** CPU seconds of a process and its children so far, those that have ended included (PostgreSQL has a process per connection), and their memory now. */
export function usageOf(pid) {
  if (pid === undefined) return { cpuSeconds: 0, megabytes: 0 };
  const children = processIds().filter((child) => Number(statOf(child)?.[1]) === pid);
  const stats = [String(pid), ...children].flatMap((one) => {
    const stat = statOf(one);
    return stat ? [{ pid: one, stat }] : [];
  });
  const ticks = stats.reduce((sum, { pid: one, stat }) => {
    const [user, system, userOfEnded, systemOfEnded] = stat.slice(11, 15).map(Number);
    return sum + user + system + (Number(one) === pid ? userOfEnded + systemOfEnded : 0);
  }, 0);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, megabytes: stats.reduce((sum, { pid: one }) => sum + ownMegabytes(one), 0) };
}

/** Resident memory that is not shared with others: PostgreSQL's buffers would count once per connection. */
function ownMegabytes(pid) {
  const [, resident = 0, shared = 0] = (read(`/proc/${pid}/statm`) ?? '').split(' ').map(Number);
  return ((resident - shared) * PAGE_BYTES) / 1_048_576;
}

/** The most memory that a process ever had, MB. */
export const peakMegabytes = (pid) => Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) / 1_024;
