import { imageToolsFolder } from '../../lab/images/skopeo.ts';

// For tests that read images. Import it before the test has its own cache: skopeo is in the cache of the machine.
await imageToolsFolder();
