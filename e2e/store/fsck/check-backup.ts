import type { BackupConfig, VolumeConfig } from '../format/config.ts';
import { count, type FindingCode, type Findings } from './findings.ts';

/** Checks a finished backup's config by itself, and against its volume's where that could be read: its size and where its blocks belong. */
export const checkBackup = (
  { name, size, blockSize, blocks, singleFile }: BackupConfig,
  { path, volume, findings }: { path: string; volume: VolumeConfig | undefined; findings: Findings },
): void => {
  const backup = `backup ${name}`;
  const volumeSize = volume?.Size ?? Number.POSITIVE_INFINITY;
  const met = new Map<FindingCode, { times: number; example: number }>();
  const note = (code: FindingCode, offset: number): void => {
    const { times = 0, example = offset } = met.get(code) ?? {};
    met.set(code, { times: times + 1, example });
  };
  const seen = new Set<number>();
  let before = Number.NEGATIVE_INFINITY;
  for (const { offset } of blocks) {
    if (offset % blockSize !== 0) note('offset-not-aligned', offset);
    if (offset < 0 || offset + blockSize > volumeSize) note('offset-out-of-range', offset);
    if (seen.has(offset)) note('offset-duplicate', offset);
    else if (offset < before) note('offsets-unsorted', offset);
    seen.add(offset);
    before = offset;
  }
  const what: [FindingCode, string][] = [
    ['offset-not-aligned', `has blocks at offsets that are no multiple of their size, ${blockSize}`],
    ['offset-out-of-range', `has blocks outside of its volume, which has ${volumeSize} bytes`],
    ['offset-duplicate', 'has several blocks for one place'],
    ['offsets-unsorted', 'does not have its blocks in order, which the next backup takes for granted'],
  ];
  for (const [code, message] of what) {
    const { times, example } = met.get(code) ?? {};
    if (times !== undefined) findings.add(code, path, `${backup} ${message}: ${count(times, 'offset')}, such as ${example}`);
  }
  const sum = blocks.length * blockSize;
  if (singleFile === '' && size !== sum)
    findings.add('backup-size-wrong', path, `${backup} says that it has ${size} bytes; its ${count(blocks.length, 'block')} have ${sum}`);
};
