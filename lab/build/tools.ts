import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CachedArtifact, ensureCached } from '../cache/cache.ts';
import { unpackTrixie } from '../debian/unpack.ts';

const packages = [
  'etcd-server',
  'etcd-client',
  'iproute2',
  'nftables',
  'openssl',
  'e2fsprogs',
  'kmod',
  'patchelf',
  'ethtool',
];

// $0 is a link or a path in bin/. The tree is found relative to it, so the cache may be moved.
const wrapper = (path: string) => `#!/bin/sh
tree=$(dirname "$(readlink -f "$0")")/../tree
exec "$tree/usr/lib64/ld-linux-x86-64.so.2" --argv0 "\${0##*/}" --library-path "$tree/usr/lib/x86_64-linux-gnu" "$tree/${path}" "$@"
`;

/**
 * Programs of Debian trixie, each a command in `bin/`. They are unpacked, not installed, and started with
 * their own dynamic linker. So the machine needs neither these programs nor root.
 */
export const debianPrograms = (name: string, packages: readonly string[]): CachedArtifact => ({
  name,
  inputs: { suite: 'trixie', packages, wrapper: wrapper('') },
  build: async (dir) => {
    const tree = join(dir, 'tree');
    await unpackTrixie(packages, tree);
    await mkdir(join(dir, 'bin'));
    for (const folder of ['usr/bin', 'usr/sbin']) {
      for (const name of await readdir(join(tree, folder))) {
        await writeFile(join(dir, 'bin', name), wrapper(join(folder, name)));
        await chmod(join(dir, 'bin', name), 0o755);
      }
    }
  },
});

/** The programs that the lab runs outside its nodes (etcd, ip, nft, openssl, mke2fs, ...). */
export const toolsArtifact = debianPrograms('tools', packages);

/** Returns the folder of the tools' commands, for the start of a PATH. Builds it if the cache does not have it. */
export const toolsPath = async (): Promise<string> => join(await ensureCached(toolsArtifact), 'bin');

/** Returns the path of the etcd server. Builds the tools if the cache does not have them. */
export const etcdBinary = async (): Promise<string> => join(await toolsPath(), 'etcd');
