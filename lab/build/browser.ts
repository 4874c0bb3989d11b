import { chmod, glob, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, type Part, partDir } from '../cache/cache.ts';
import { partsDir } from '../cache/folders.ts';
import { unpackPackages } from '../debian/unpack.ts';
import { buildCommand } from './command.ts';

/** How long one command on the unpacked program may take (ms); who builds the browser owns this time-out. */
const COMMAND_TIMEOUT_MS = 2 * 60_000;

const packages = ['chromium-headless-shell', 'fonts-dejavu-core', 'fonts-dejavu-mono', 'patchelf'];

// Drivers for graphics cards and the checks of Vulkan's developers, 200 MB: pages are drawn by the processor.
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

// These fonts alone, on every machine: text is then as wide here as there.
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

// Libraries by a variable: some have a search path of their own, which that of the program does not reach.
const wrapper = `#!/bin/sh
part=$(dirname "$(readlink -f "$0")")
FONTCONFIG_FILE=$part/fonts.conf LD_LIBRARY_PATH=${libraryPath('$part/tree')} exec "$part/tree/${program}" "$@"
`;

const build = async (dir: string): Promise<void> => {
  const tree = join(dir, 'tree');
  await unpackPackages({
    suite: 'trixie',
    packages: ['base-files', ...packages],
    dependencies: true,
    tree,
  });
  for await (const path of glob(notNeeded, { cwd: tree })) await rm(join(tree, path));
  const run = (path: string, ...args: string[]) =>
    buildCommand(join(tree, loader), ['--library-path', libraryPath(tree), join(tree, path), ...args], {
      folder: dir,
      timeout: COMMAND_TIMEOUT_MS,
    });
  // By the name that it will have: a part is built elsewhere and then renamed.
  await run(
    'usr/bin/patchelf',
    '--set-interpreter',
    join(partDir(browser()), 'tree', loader),
    join(tree, program),
  );
  await writeFile(join(dir, 'fonts.conf'), fonts);
  await writeFile(join(dir, 'chromium'), wrapper);
  await chmod(join(dir, 'chromium'), 0o755);
  // A library that is missing is a failure here, and not of the first scenario.
  await run(program, '--version');
};

/**
 * Chromium without a window (Debian's chromium-headless-shell), with its libraries and fonts, as Debian trixie
 * has them: unpacked, not installed.
 *
 * It starts itself anew for each page by its own path, which would be that of the dynamic linker if it were
 * started by it as the lab's tools are. So the linker's path is written into it, and the part is another one
 * where the cache is in another folder. A root of its own (a mount namespace) would need namespaces where
 * kind, k3d and existing clusters have no need of them.
 */
export const browser = (): Part => ({
  name: 'browser',
  inputs: { suite: 'trixie', packages, notNeeded, fonts, wrapper, folder: partsDir() },
  build,
});

/** The path of the browser; builds it when the cache has none. */
export const browserBinary = async (): Promise<string> => join(await cached(browser()), 'chromium');
