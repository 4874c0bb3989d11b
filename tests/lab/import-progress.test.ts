import { expect, test } from 'vitest';
import { createImportListener } from '../../lab/build/base-image.ts';
import { withProgress } from '../../lab/step.ts';

const said = [
  'lab-init: import of 11 images',
  'lab-init: import read 432013312',
  'EXT4-fs (ubda): mounted',
  'lab-init: import read 1900000000',
  'unpacking docker.io/longhornio/longhorn-engine:v1.12.1 (sha256:00ff)...done',
  'unpacking docker.io/longhornio/longhorn-ui:v1.12.1 (sha256:00fe)...lab-init: import read 1900000000',
  'done',
  'lab-init: import done',
];

test('a boot that imports images reports how much of how much, and how many; what else it says is kept', async () => {
  const reported: string[] = [];
  const kept = await withProgress(
    (detail) => void reported.push(detail),
    async () => {
      const hear = createImportListener(1730 * 2 ** 20);
      return said.filter((line) => !hear(`${line}\r`));
    },
  );
  expect(reported).toEqual([
    '0 of 1730 MiB, 0 of 11 images',
    '412 of 1730 MiB, 0 of 11 images',
    '1730 of 1730 MiB, 0 of 11 images',
    '1730 of 1730 MiB, 1 of 11 images',
    '1730 of 1730 MiB, 1 of 11 images',
    '1730 of 1730 MiB, 2 of 11 images',
  ]);
  expect(kept).toEqual([said[2], said[4], said[6], said[7]]);
});
