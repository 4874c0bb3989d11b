import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { dockerSave, type Files, layerOf, tarOf } from '../../support/image-archives.ts';

type Kubeconfig = { cluster?: object; user?: object; [field: string]: unknown };

const kubeconfig = ({ cluster = {}, user = {}, ...rest }: Kubeconfig): string =>
  stringify({
    ...{ apiVersion: 'v1', kind: 'Config' },
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
    ...rest,
  });

const exec = (command: string, ...args: string[]) => ({
  user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args, interactiveMode: 'Never' } },
});

/** Kubeconfigs with something wrong; each would do without that. */
const kubeconfigs: Record<string, string | Buffer> = {
  empty: '',
  'not-yaml': 'clusters: [\n  password: planted-secret: [',
  'a-text': 'planted-secret',
  'a-list': '- planted-secret\n',
  binary: Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 37) % 256)),
  'no-contexts': kubeconfig({ contexts: [] }),
  'contexts-null': kubeconfig({ contexts: null }),
  'contexts-text': kubeconfig({ contexts: 'planted-secret' }),
  'clusters-map': kubeconfig({ clusters: { c: { server: 'http://127.0.0.1:9' } } }),
  'users-text': kubeconfig({ users: 'planted-secret' }),
  'nameless-context': kubeconfig({ contexts: [{ context: { cluster: 'c', user: 'u' } }] }),
  'no-such-cluster': kubeconfig({ contexts: [{ name: 'x', context: { cluster: 'other', user: 'u' } }] }),
  'no-such-user': kubeconfig({ contexts: [{ name: 'x', context: { cluster: 'c', user: 'other' } }] }),
  'no-current': kubeconfig({ 'current-context': undefined }),
  'no-server': kubeconfig({ cluster: { server: undefined } }),
  'server-number': kubeconfig({ cluster: { server: 6443 } }),
  'server-no-url': kubeconfig({ cluster: { server: '127.0.0.1:6443' } }),
  'server-ftp': kubeconfig({ cluster: { server: 'ftp://127.0.0.1' } }),
  refused: kubeconfig({}),
  'no-ca-file': kubeconfig({ cluster: { 'certificate-authority': '/nowhere/ca.crt' } }),
  'bad-ca-data': kubeconfig({ cluster: { 'certificate-authority-data': 'cGxhbnRlZA==' } }),
  'no-key-file': kubeconfig({
    user: { 'client-certificate': '/nowhere/a.crt', 'client-key': '/nowhere/a.key' },
  }),
  'no-token-file': kubeconfig({ user: { tokenFile: '/nowhere/token' } }),
  'plugin-not-there': kubeconfig(exec('no-such-plugin')),
  'plugin-with-hint': kubeconfig({
    user: {
      exec: { ...exec('no-such-plugin').user.exec, installHint: 'get it by\n  apt install no-such-plugin\n' },
    },
  }),
  'plugin-relative': kubeconfig(exec('./bin/plugin')),
  'plugin-no-program': kubeconfig(exec('./empty')),
  'plugin-fails': kubeconfig(exec('sh', '-c', 'echo planted-secret; echo it cannot log in >&2; exit 7')),
  'plugin-no-json': kubeconfig(exec('sh', '-c', 'echo planted-secret')),
};

const entry = {
  ...{ id: 'a1b2c3d4', run: 'abc123', server: 'https://192.0.2.1:6443', kind: 'patched-object' },
  ...{ title: 'a setting is changed', data: {}, recordedAt: '2026-01-01T00:00:00Z' },
};

/** Ledgers with something wrong. */
const ledgers: Record<string, string> = {
  'not-json': 'so much for that\n',
  'no-entry': `${JSON.stringify({ id: 'a1b2c3d4' })}\n`,
  'a-list': '[]\n',
  'unknown-kind': `${JSON.stringify({ ...entry, kind: 'moon-phase' })}\n`,
  'other-server': `${JSON.stringify(entry)}\n`,
  sound: '',
  'no-run': `${JSON.stringify({ ...entry, run: undefined })}\n${JSON.stringify({ healed: entry.id, healedAt: entry.recordedAt })}\n`,
  'bad-report': '',
};

const image = 'example.test/web:v1';
const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - { name: web, image: "${name}" }\n`;

const sizeOf = (content: Files extends Map<string, infer C> ? C | undefined : never): number =>
  Buffer.isBuffer(content) ? content.length : 0;

const manager = stringify({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'longhorn-manager', namespace: 'longhorn-system' },
  spec: {
    template: { spec: { containers: [{ name: 'longhorn-manager', image: 'example.test/manager:v1' }] } },
  },
});

const histories = {
  'text.ndjson': 'no JSON',
  'other.ndjson': '{"a":1}\n',
  'half.tar.gz': 'no archive',
  'odd.ndjson': '{"recording":"x"}\n{"at":1,"marker":"m","expectation":{"id":0}}\n',
};

/** Writes all that is bad into a folder, and names it by what is wrong with it. */
export const writeBadFiles = async (dir: string): Promise<void> => {
  const write = async (path: string, content: string | Buffer) => {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), content);
  };
  const files = dockerSave([{ names: [image], layers: [await layerOf({ a: 'a' })] }], 'new');
  const sound = await tarOf(files);
  // The greatest file is the layer.
  const [layer = ''] = [...files].toSorted(([, one], [, other]) => sizeOf(other) - sizeOf(one))[0] ?? [];
  const changed = await tarOf(new Map([...files, [layer, Buffer.alloc(sizeOf(files.get(layer)))]]));
  for (const [name, text] of Object.entries(kubeconfigs)) await write(`kube/${name}`, text);
  for (const [name, text] of Object.entries(ledgers)) await write(`ledger/${name}/faults.ndjson`, text);
  await mkdir(join(dir, 'ledger/folder/faults.ndjson'), { recursive: true });
  await write('ledger/bad-report/report.json', '{');
  for (const folder of ['empty', 'release/empty']) await mkdir(join(dir, folder), { recursive: true });
  await symlink('/nowhere/at/all', join(dir, 'dangling'));
  await symlink('loop', join(dir, 'loop'));
  await write('file', 'a file');
  await write('truncated.tar', sound.subarray(0, 700));
  await write('text.tar', 'this is no archive, but it is long enough to be taken for one'.repeat(20));
  await write('sound.tar', sound);
  await write('truncated.tar.gz', gzipSync(await tarOf(new Map([['README.txt', Buffer.from('x')]]))));
  for (const [name, text] of Object.entries(histories)) await write(`history/${name}`, text);
  const releases: Record<string, [manifest: string | undefined, archive?: string | Buffer]> = {
    'no-manifest': [undefined, sound],
    'no-image': [pod(image)],
    'broken-yaml': ['kind: [\n', sound],
    'nothing-in-it': ['# nothing\n---\n', sound],
    'no-kind': ['metadata:\n  name: web\n', sound],
    truncated: [pod(image), sound.subarray(0, 700)],
    'wrong-digest': [pod(image), changed],
    'image-missing': [manager, sound],
  };
  for (const [name, [manifest, archive]] of Object.entries(releases)) {
    if (manifest !== undefined) await write(`release/${name}/longhorn.yaml`, manifest);
    if (archive !== undefined) await write(`release/${name}/web.tar`, archive);
  }
  const reports = { 'not-json': '{', empty: '', 'a-number': '7', older: '{"schemaVersion":0}' };
  for (const [name, text] of Object.entries(reports)) await write(`report/${name}/report.json`, text);
  for (const folder of ['report/folder/report.json', 'folder.tar.gz'])
    await mkdir(join(dir, folder), { recursive: true });
  for (const path of ['kube/huge', 'report/huge/report.json', 'history/huge.ndjson', 'huge.tar.gz']) {
    await write(path, '');
    await truncate(join(dir, path), 20 * 2 ** 30);
  }
};
