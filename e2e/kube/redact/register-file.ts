import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { registerKubeconfigSecrets } from './register.ts';

/**
 * Registers the secrets of a kubeconfig file, for a process that prints the output of other processes. An unreadable
 * file is ignored; the other processes report it.
 */
export const registerFileSecrets = (kubeconfig: string): void => {
  try {
    registerKubeconfigSecrets(parse(readFileSync(kubeconfig, 'utf8'), { logLevel: 'error' }));
  } catch {}
};
