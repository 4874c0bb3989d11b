import { readFile } from 'node:fs/promises';
import { labDir, labFiles } from './settings.ts';

/** A lab that is up: the process that owns it, since when, how many nodes, and how to reach it. */
export type LabState = { pid: number; started: string; nodes: number; kubeconfig: string };

/**
 * The state of the lab of that name, or undefined when it is not up: its host process decides, not the files
 * it left.
 */
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
