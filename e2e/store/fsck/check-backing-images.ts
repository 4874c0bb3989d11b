import { pluralize } from '../../kube/text.ts';
import {
  type BackingImageConfig,
  backingImagesFolder,
  parseBackingImage,
  sizeOfBlock,
} from '../format/backing-image.ts';
import { defaultBlockSize } from '../format/config.ts';
import { classifyStoreFile } from '../format/layout.ts';
import type { StoreEntry, StoreSource } from '../format/source.ts';
import { addReferences, type References } from './check-backups.ts';
import { checkBlocks, type VerifyBlocks } from './check-blocks.ts';
import type { LockActivity } from './check-locks.ts';
import { checkOffsets } from './check-offsets.ts';
import type { Findings } from './findings.ts';
import { checkLeftovers } from './leftovers.ts';
import { readConfig, sizeLimits } from './read-config.ts';
import { walkFiles } from './walk-files.ts';

type Check = { now: number; work: LockActivity; findings: Findings; verify: VerifyBlocks | undefined };

type Files = { configs: Map<string, StoreEntry>; blocks: Map<string, number>; temporary: StoreEntry[] };

/** The contents of the folder of backing images, sound or not. `bytes` is the size of the blocks on disk. */
type Checked = { images: number; blocks: number; bytes: number };

/** Checks the config of each backing image, and the blocks that they share. */
export const checkBackingImages = async (
  source: StoreSource,
  { now, work, findings, verify }: Check,
): Promise<Checked> => {
  const { configs, blocks, temporary } = await listFiles(source, findings);
  const references: References = { blocks: new Map(), complete: true };
  const users = new Map<string, string[]>();
  for (const [name, entry] of [...configs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { config, problem } = await readConfig(source, entry, {
      parse: parseBackingImage,
      limit: sizeLimits.backup,
      what: `the config of backing image ${name}`,
    });
    if (problem) findings.add(problem.code, entry.path, problem.message);
    if (problem || config.inProgress) references.complete = false;
    if (problem) continue;
    checkConfig(config, { name, path: entry.path, work, findings });
    if (config.inProgress) continue;
    addReferences(references, config, {
      ...{ what: `backing image ${name}`, path: entry.path, findings },
      present: blocks,
      sizeOf: (offset) => sizeOfBlock(config, offset),
    });
    for (const checksum of new Set(config.blocks.map((block) => block.checksum)))
      users.set(checksum, [...(users.get(checksum) ?? []), name]);
  }
  const folder = backingImagesFolder;
  const owner = 'backing image';
  checkLeftovers({ folder, blocks, temporary }, { owner, references, work, now, findings });
  const usersOf = async () => users;
  await checkBlocks({ folder, blocks }, { owner, references, findings, verify, usersOf });
  const bytes = [...blocks.values()].reduce((sum, size) => sum + size, 0);
  return { images: configs.size, blocks: blocks.size, bytes };
};

const listFiles = async (source: StoreSource, findings: Findings): Promise<Files> => {
  const files: Files = { configs: new Map(), blocks: new Map(), temporary: [] };
  await walkFiles(source, backingImagesFolder, {
    depth: 4,
    findings,
    isKnownFolder: (path) => /^(backing-images(\/[^/]+)?|blocks(\/[0-9a-f]{2}){0,2})$/.test(path),
    take: (entry, path) => {
      const file = classifyStoreFile(path);
      const name = /^backing-images\/([^/]+)\/backing-image\.cfg$/.exec(path)?.[1];
      if (file.kind === 'temporary') files.temporary.push(entry);
      else if (name !== undefined) files.configs.set(name, entry);
      else if (file.kind !== 'block')
        findings.add('foreign-file', entry.path, `${path} is no file of Longhorn's`);
      else if (file.misplaced)
        findings.add('block-misplaced', entry.path, `block ${path} is not where its name says`);
      else files.blocks.set(file.checksum, entry.size);
    },
  });
  return files;
};

const checkConfig = (
  config: BackingImageConfig,
  { name, path, work, findings }: { name: string; path: string; work: LockActivity; findings: Findings },
): void => {
  const { size, blocks, blockCount, inProgress } = config;
  const what = `backing image ${name}`;
  if (config.name !== name)
    findings.add('config-wrong-name', path, `the config of ${what} calls it ${config.name}`);
  if (inProgress) {
    if (work.upload) findings.add('backup-in-progress', path, `${what} is in progress`, 'info');
    else
      findings.add(
        'backup-in-progress',
        path,
        `${what} was never finished: its config has no time of completion, and while it is there Longhorn removes no block of any backing image`,
      );
    return;
  }
  if (size === 0)
    findings.add('config-invalid', path, `${what} has a size of 0, with which Longhorn restores nothing`);
  // The last block ends with the image.
  const end = Math.ceil(size / defaultBlockSize) * defaultBlockSize;
  checkOffsets(blocks, {
    ...{ what, path, findings, blockSize: defaultBlockSize },
    within: { what: 'the image', size, end },
  });
  if (blockCount !== blocks.length)
    findings.add(
      'block-count-wrong',
      path,
      `the config of ${what} counts ${pluralize(blockCount, 'block')}, and names ${blocks.length}`,
    );
};
