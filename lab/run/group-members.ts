import { readdir, readFile } from 'node:fs/promises';

/** A process of a group: its ID, and its state as a letter of proc(5): `T` is stopped, `Z` dead and not yet collected. */
export type GroupMember = { pid: number; state: string };

/** The state and the group in a text as /proc/PID/stat is one. */
export const parseStat = (stat: string): { state: string; group: number } => {
  // A name may hold spaces and parentheses: what follows its last one is state, parent, group.
  const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, group: Number(group) };
};

/** The processes of a group, the dead that nobody has collected among them. */
export const groupMembers = async (group: number): Promise<GroupMember[]> => {
  const entries = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const stats = await Promise.all(entries.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat, position) => {
    const { state, group: own } = parseStat(stat);
    return own === group ? [{ pid: Number(entries[position]), state }] : [];
  });
};
