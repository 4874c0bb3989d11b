import { join } from 'node:path';
import { cached, type Part } from '../../lab/cache/cache.ts';
import { podSystem, storeImage } from '../../lab/images/core.ts';
import { writeArchive } from '../../lab/images/oci.ts';

/** The archive (`images.tar`) of the backup store's image alone: a lab has it among its core images. */
export const storeArchive: Part = {
  name: 'store-image',
  inputs: podSystem.inputs,
  build: async (dir) => {
    const layer = join(await cached(podSystem), 'layer.tar');
    await writeArchive([{ name: storeImage, layers: [layer] }], join(dir, 'images.tar'));
  },
};
