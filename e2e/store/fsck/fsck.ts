import { backingImageLocks, backingImagesFolder } from '../format/backing-image.ts';
import { isValidName } from '../format/config.ts';
import { storeFolder, volumesFolder } from '../format/layout.ts';
import type { StoreSource } from '../format/source.ts';
import { systemBackupsFolder } from '../format/system-backup.ts';
import { checkBackingImages } from './check-backing-images.ts';
import type { VerifyBlocks } from './check-blocks.ts';
import type { LockActivity } from './check-locks.ts';
import { checkSystemBackups } from './check-system-backups.ts';
import { checkVolume } from './check-volume.ts';
import {
  collectFindings,
  type FindingCode,
  type Findings,
  type StoreFinding,
  type StoreSeverity,
} from './findings.ts';
import { reportOther } from './walk-files.ts';

/** The result of a check of a store. */
export type StoreCheck = {
  findings: StoreFinding[];
  /** The counts include findings that were left out of the list. */
  counts: Record<StoreSeverity, number>;
  leftOut: Partial<Record<FindingCode, number>>;
  volumes: number;
  backups: number;
  systemBackups: number;
  backingImages: number;
  /** The blocks of volumes and backing images. */
  blocks: number;
  /** The size of the blocks on disk. */
  bytes: number;
};

const known = [volumesFolder, systemBackupsFolder, backingImagesFolder];

/** Checks a whole store, one volume after the other. Throws only if the store cannot be read. */
export const checkStore = async (
  source: StoreSource,
  { now, verify }: { now: number; verify: VerifyBlocks | undefined },
): Promise<StoreCheck> => {
  const findings = collectFindings();
  const sum = { volumes: 0, backups: 0, blocks: 0, bytes: 0 };
  let workOnImages: LockActivity = { any: false, upload: false };
  await checkSurroundings(source, findings);
  for (const folder of await listVolumes(source, findings)) {
    const { backups, blocks, bytes, work } = await checkVolume(source, folder, { findings, now, verify });
    if (folder.endsWith(`/${backingImageLocks}`)) workOnImages = work;
    else sum.volumes += 1;
    sum.backups += backups.length;
    sum.blocks += blocks;
    sum.bytes += bytes;
  }
  const systemBackups = await checkSystemBackups(source, { findings, now, quick: verify === undefined });
  const ofImages = await checkBackingImages(source, { findings, now, work: workOnImages, verify });
  sum.blocks += ofImages.blocks;
  sum.bytes += ofImages.bytes;
  return {
    findings: findings.list(),
    counts: findings.counts(),
    leftOut: findings.leftOut(),
    ...sum,
    systemBackups: systemBackups.length,
    backingImages: ofImages.images,
  };
};

/** The folders of the volumes in a store, in order. Other entries become findings. */
export const listVolumes = async (source: StoreSource, findings: Findings): Promise<string[]> => {
  const volumes: string[] = [];
  const above = new Map<string, { empty: boolean }>();
  for await (const entry of source.walk(volumesFolder, 3)) {
    const path = entry.path.slice(volumesFolder.length + 1);
    const levels = path.split('/');
    const name = levels.at(-1) as string;
    const parent = above.get(levels.slice(0, -1).join('/'));
    if (levels.length > 1 && parent === undefined) continue; // The content of a foreign folder is not reported.
    if (parent !== undefined) parent.empty = false;
    if (entry.kind !== 'folder' && entry.kind !== 'file') reportOther(entry, `volumes/${path}`, findings);
    else if (entry.kind === 'folder' && levels.length === 3 && isValidName(name)) volumes.push(entry.path);
    else if (entry.kind === 'folder' && levels.length < 3 && /^[0-9a-f]{2}$/.test(name))
      above.set(path, { empty: true });
    else findings.add('foreign-file', entry.path, `volumes/${path} is nothing of Longhorn's`);
  }
  for (const [path, { empty }] of above)
    if (empty) findings.add('empty-folder', `${volumesFolder}/${path}`, `volumes/${path}/ is empty`);
  return volumes.sort();
};

const checkSurroundings = async (source: StoreSource, findings: Findings): Promise<void> => {
  for await (const entry of source.walk(storeFolder, 1)) {
    const name = entry.path.slice(storeFolder.length + 1);
    if (entry.kind !== 'folder' && entry.kind !== 'file') reportOther(entry, name, findings);
    else if (entry.kind !== 'folder' || !known.includes(entry.path))
      findings.add('foreign-file', entry.path, `${name} is nothing of Longhorn's`);
  }
};
