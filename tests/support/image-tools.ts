import { imageToolsFolder } from '../../lab/images/skopeo.ts';

// Imported by tests that read images, before they have a cache of their own: skopeo is in the machine's.
await imageToolsFolder();
