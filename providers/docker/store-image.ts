import { join } from 'node:path';
import type { Part } from '../../lab/cache/cache.ts';
import { storePod } from '../../lab/images/core.ts';
import { writeArchive } from '../../lab/images/oci.ts';

/** The archive (`images.tar`) of the backup stores' image alone: a lab has it among its core images. */
export const storeArchive = async (): Promise<Part> => {
  const { inputs, image } = await storePod();
  return {
    name: 'store-image',
    inputs,
    build: async (dir) => writeArchive([await image()], join(dir, 'images.tar')),
  };
};
