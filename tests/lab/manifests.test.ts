import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { objectsOf, readManifests } from '../../lab/manifests/read.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

test('objects come in the order they are written in, with where they were', () => {
  const text = `# first a comment\n---\n${map('a')}---   # the second\n${map('b')}  namespace: other\n---\n\n---\n${map('c')}`;
  expect(objectsOf({ source: 'x.yaml', text }).map(({ name, where }) => [name, where])).toEqual([
    ['a', 'x.yaml: document 2 (line 3): ConfigMap a'],
    ['b', 'x.yaml: document 3 (line 8): ConfigMap other/b'],
    ['c', 'x.yaml: document 5 (line 16): ConfigMap c'],
  ]);
});

test('the objects of lists are objects of their own, with values as Kubernetes reads them', () => {
  const item = (name: string, value: string) =>
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}, value: ${value}}`;
  const text = `apiVersion: v1\nkind: List\nitems:\n- ${item('a', '0644')}\n- ${item('b', '12:30:00')}\n- ${item('c', '2026-01-01')}\n- {kind: ConfigMapList, apiVersion: v1, items: [${item('d', '"yes"')}]}\n`;
  expect(
    objectsOf({ source: 'x.yaml', text }).map(({ name, body }) => [name, JSON.parse(body).value]),
  ).toEqual([
    ['a', 0o644],
    ['b', '12:30:00'],
    ['c', '2026-01-01'],
    ['d', 'yes'],
  ]);
});

test.each([
  ['a wrong indentation', `${map('a')}---\na: 1\n b: 2\n`, 'manifest-not-yaml', 'document 2 (line 6)'],
  ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', 'manifest-no-object', 'document 1 (line 1)'],
])('a manifest with %s is refused in one line, with the place', async (_, text, code, place) => {
  const file = join(await temporaryFolder(), 'x.yaml');
  await writeFile(file, text);
  const error = await readManifests([file]).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'PreconditionError', code, where: `${file}: ${place}` });
  expect(error.message).not.toContain('\n');
});
