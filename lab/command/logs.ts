import { createReadStream, existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { labDir, labFiles } from '../run/settings.ts';

/** Prints the log of one of the lab's processes (etcd, kube-apiserver, ..., node1: its console with containerd and kubelet). */
export const logs = async (lab: string, what: string): Promise<void> => {
  const folder = labFiles(labDir(lab)).logs;
  const names = (await readdir(folder).catch(() => [])).map((file) => file.replace(/\.log$/, '')).sort();
  if (names.length === 0) throw new Error(`no lab named ${lab} is up; npm run lab -- status lists them`);
  const file = join(folder, `${what}.log`);
  if (!names.includes(what) || !existsSync(file)) throw new Error(`no log named ${what}; there are ${names.join(', ')}`);
  await pipeline(createReadStream(file), process.stdout, { end: false });
};
