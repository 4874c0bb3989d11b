import type { ShardReport } from './schema.ts';

/** How a shard is written for the process that plays it: `2/8@SPLIT`. */
export const shardPattern = /^(\d+)\/(\d+)@(\w+)$/;

/** Reads what tellShard wrote. */
export const readShard = (text: string): ShardReport => {
  const [, index = '', of = '', split = ''] = shardPattern.exec(text) ?? [];
  return { index: Number(index), of: Number(of), split };
};

/** Writes a shard as readShard reads it. */
export const tellShard = ({ index, of, split }: ShardReport): string => `${index}/${of}@${split}`;
