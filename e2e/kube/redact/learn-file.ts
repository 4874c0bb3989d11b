import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { learnKubeconfig } from './learn.ts';

/**
 * Learns what is secret in a kubeconfig, for a process that prints what others say of it; one that cannot be
 * read is their trouble.
 */
export const learnFile = (kubeconfig: string): void => {
  try {
    learnKubeconfig(parse(readFileSync(kubeconfig, 'utf8'), { logLevel: 'error' }));
  } catch {}
};
