import { chmod, glob, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactDir, type CachedArtifact, ensureCached } from '../cache/cache.ts';
import { artifactsDir } from '../cache/folders.ts';
import { unpackTrixie } from '../debian/unpack.ts';
import { buildCommand } from './command.ts';

/** Time-out of one command on the unpacked program, in ms. The browser's build owns it. */
const COMMAND_TIMEOUT_MS = 2 * 60_000;

const packages = ['chromium-headless-shell', 'fonts-dejavu-core', 'fonts-dejavu-mono', 'patchelf'];

// Drivers for graphics cards and Vulkan's developer checks, 200 MB. Pages are drawn by the processor.
const notNeeded = [
  'usr/lib/x86_64-linux-gnu/libLLVM*',
  'usr/lib/x86_64-linux-gnu/libgallium*',
  'usr/lib/x86_64-linux-gnu/libz3*',
  'usr/lib/chromium/libVkLayer*',
];

const loader = 'usr/lib64/ld-linux-x86-64.so.2';
const program = 'usr/lib/chromium/chromium-headless-shell';
const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu/pulseaudio'];
const libraryPath = (tree: string): string => libraries.map((path) => `${tree}/${path}`).join(':');

// Only these fonts, so that text has the same width on every machine.
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">tree/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

// Libraries are found through a variable: some have their own search path, to which the program's does not apply.
const wrapper = `#!/bin/sh
part=$(dirname "$(readlink -f "$0")")
FONTCONFIG_FILE=$part/fonts.conf LD_LIBRARY_PATH=${libraryPath('$part/tree')} exec "$part/tree/${program}" "$@"
`;

const build = async (dir: string): Promise<void> => {
  const tree = join(dir, 'tree');
  await unpackTrixie(packages, tree);
  for await (const path of glob(notNeeded, { cwd: tree })) await rm(join(tree, path));
  const run = (path: string, ...args: string[]) =>
    buildCommand(join(tree, loader), ['--library-path', libraryPath(tree), join(tree, path), ...args], {
      folder: dir,
      timeout: COMMAND_TIMEOUT_MS,
    });
  // Uses the artifact's final path, because an artifact is built elsewhere and then renamed.
  await run(
    'usr/bin/patchelf',
    '--set-interpreter',
    join(artifactDir(browserArtifact()), 'tree', loader),
    join(tree, program),
  );
  await writeFile(join(dir, 'fonts.conf'), fonts);
  await writeFile(join(dir, 'chromium'), wrapper);
  await chmod(join(dir, 'chromium'), 0o755);
  // Makes a missing library a failure of the build, and not of the first scenario.
  await run(program, '--version');
};

/**
 * Chromium without a window (Debian's chromium-headless-shell) with its libraries and fonts from Debian
 * trixie, unpacked, not installed. Chromium starts itself again for each page by its own path. If the dynamic
 * linker started it, like the lab's tools, that would be the linker's path. So the linker's path is written
 * into the program, and the artifact depends on the cache's folder. A mount namespace with its own root would
 * require namespaces, which kind, k3d and existing clusters do not need.
 */
export const browserArtifact = (): CachedArtifact => ({
  name: 'browser',
  inputs: { suite: 'trixie', packages, notNeeded, fonts, wrapper, folder: artifactsDir() },
  build,
});

/** Returns the path of the browser. Builds it if the cache does not have it. */
export const browserBinary = async (): Promise<string> =>
  join(await ensureCached(browserArtifact()), 'chromium');
