import { readFile } from 'node:fs/promises';
import { labDir, labFiles } from './settings.ts';

/** A running lab: its process, start time, number of nodes, and kubeconfig. */
type LabState = { pid: number; started: string; nodes: number; kubeconfig: string };

/** Returns the state of a lab, undefined if it is not up. Its host process decides this, not the files of the lab. */
export const labState = async (name: string): Promise<LabState | undefined> => {
  const dir = labDir(name);
  try {
    const state = JSON.parse(await readFile(labFiles(dir).state, 'utf8')) as LabState;
    const commandLine = await readFile(`/proc/${state.pid}/cmdline`, 'utf8');
    return commandLine.split('\0').includes(dir) ? state : undefined;
  } catch {
    return undefined;
  }
};
