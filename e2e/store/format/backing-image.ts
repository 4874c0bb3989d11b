import { z } from 'zod';
import {
  type BlockMapping,
  compression,
  defaultBlockSize,
  mappingList,
  type Parsed,
  quotedInteger,
  readAs,
  readMappings,
} from './config.ts';
import type { CompressionMethod } from './decompress.ts';
import { storeFolder } from './layout.ts';

/**
 * The folder of backing images. It has a config in `backing-images/NAME/` for each, and the blocks of all in
 * `blocks/` (backupstore, backupbackingimage/config.go).
 */
export const backingImagesFolder = `${storeFolder}/backing-images`;

/** The volume name in whose folder the locks of all backing images are (backupstore, types.go). */
export const backingImageLocks = 'BACKINGIMAGE';

const schema = z.object({
  Name: z.string(),
  Size: quotedInteger,
  BlockCount: quotedInteger.default(0),
  CompressionMethod: compression,
  CompleteTime: z.string().default(''),
  Blocks: mappingList,
});

/** The config of a backing image, with plain numbers. Without a completion time it is in progress. */
export type BackingImageConfig = {
  name: string;
  /** In bytes. */
  size: number;
  blockCount: number;
  compression: CompressionMethod;
  inProgress: boolean;
  blocks: BlockMapping[];
};

/** Parses a `backing-image.cfg`. */
export const parseBackingImage = (bytes: Buffer): Parsed<BackingImageConfig> => {
  const { config: raw, problem } = readAs(schema, bytes);
  if (problem) return { problem };
  const { blocks, problem: wrong } = readMappings(raw.Blocks);
  if (wrong) return { problem: wrong };
  return {
    config: {
      name: raw.Name,
      size: raw.Size,
      blockCount: raw.BlockCount,
      compression: raw.CompressionMethod,
      inProgress: raw.CompleteTime === '',
      blocks,
    },
  };
};

/** The size of a block of a backing image, in bytes. The last block ends with the image. Undefined beyond the end. */
export const sizeOfBlock = ({ size }: BackingImageConfig, offset: number): number | undefined =>
  offset < size ? Math.min(defaultBlockSize, size - offset) : undefined;
