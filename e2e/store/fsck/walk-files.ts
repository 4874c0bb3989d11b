import type { StoreEntry, StoreSource } from '../format/source.ts';
import type { Findings } from './findings.ts';

type Walk = {
  depth: number;
  findings: Findings;
  /** Whether Longhorn creates a folder with this path, relative to the walked folder. */
  isKnownFolder: (path: string) => boolean;
  take: (entry: StoreEntry, path: string) => void;
};

// The NFS client of Linux gives this name to a file that is removed while a process of its node has it open. It goes when
// that process closes it.
const removedWhileOpen = /(?:^|\/)\.nfs[0-9a-f]{24}$/;

/** Calls `take` for each file in a folder of Longhorn's. Foreign and empty folders become findings. */
export const walkFiles = async (
  source: StoreSource,
  folder: string,
  { depth, findings, isKnownFolder, take }: Walk,
): Promise<void> => {
  const folders = new Map<string, { empty: boolean }>();
  const foreign: string[] = [];
  for await (const entry of source.walk(folder, depth)) {
    const path = entry.path.slice(folder.length + 1);
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const above = folders.get(parent);
    if (above !== undefined) above.empty = false;
    // The content of a foreign folder is not reported.
    if (foreign.some((each) => path.startsWith(`${each}/`))) continue;
    if (entry.kind === 'folder') {
      if (isKnownFolder(path)) folders.set(path, folders.get(path) ?? { empty: true });
      else {
        foreign.push(path);
        findings.add('foreign-file', entry.path, `${path}/ is no folder of Longhorn's`);
      }
    } else if (entry.kind === 'file') {
      if (!removedWhileOpen.test(path)) take(entry, path);
    } else {
      folders.delete(path);
      reportOther(entry, path || folder, findings);
    }
  }
  for (const [path, { empty }] of folders)
    if (empty) findings.add('empty-folder', `${folder}/${path}`, `${path}/ is empty`);
};

/** Reports an entry that is neither a file nor a folder. */
export const reportOther = ({ kind, path, reason }: StoreEntry, name: string, findings: Findings): void => {
  if (kind === 'link')
    findings.add('symbolic-link', path, `${name} is a symbolic link, which was not followed`);
  else if (kind === 'special') findings.add('special-file', path, `${name} is neither a file nor a folder`);
  else if (kind === 'unreadable')
    findings.add('folder-unreadable', path, `${name} cannot be looked at: ${reason}`);
};
