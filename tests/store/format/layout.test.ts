import { expect, test } from 'vitest';
import { backupConfigPath, blockPath, classify, volumeFolder } from '../../../e2e/store/format/layout.ts';

const checksum = 'da650e4c5543d3de69cf998677abaf9784dd28d03553e3c0d9500a9893acb0f0';

test("a volume's folder is where a real Longhorn put it", () => {
  expect(volumeFolder('sample-a')).toBe('backupstore/volumes/8b/8e/sample-a');
});

test.for([
  [backupConfigPath('backup-1'), { kind: 'backup-config', backup: 'backup-1' }],
  [blockPath(checksum), { kind: 'block', checksum, misplaced: false }],
  [`blocks/00/65/${checksum}.blk`, { kind: 'block', checksum, misplaced: true }],
  ['blocks/no/th/nothing.blk', { kind: 'block', checksum: 'nothing', misplaced: true }],
  ['locks/lock-0123456789abcdef.lck', { kind: 'lock', lock: 'lock-0123456789abcdef' }],
  [`${blockPath(checksum)}.tmp.1763626743000000000`, { kind: 'temporary' }],
] as const)('%s is', ([path, file]) => {
  expect(classify(path)).toEqual(file);
});
