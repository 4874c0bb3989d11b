import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { learnKubeconfig } from './learn.ts';

/**
 * Registers the secrets of a kubeconfig file, for a process that prints the output of other processes. An unreadable
 * file is ignored; the other processes report it.
 */
export const learnFile = (kubeconfig: string): void => {
  try {
    learnKubeconfig(parse(readFileSync(kubeconfig, 'utf8'), { logLevel: 'error' }));
  } catch {}
};
