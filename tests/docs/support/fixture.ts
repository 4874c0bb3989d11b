import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { resources } from '../../../e2e/kube/cluster.ts';
import type { ScenarioReport } from '../../../e2e/report/schema.ts';
import { runCorral } from '../../../scripts/commands.ts';
import { layOut, soundStore } from '../../store/support/sound-store.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { sampleReport, scenarioReport } from '../../support/scenario-report.ts';
import { cacheVariables } from '../../support/share-caches.ts';
import { serveStub } from '../../support/stub-api-server.ts';
import type { Words } from '../commands.ts';
import { makeCheckout } from './checkout.ts';
import { read, taughtScenario } from './documents.ts';

const uid = '3b0f6a8e-0000-4000-8000-000000000001';

const reportOf = (run: string, states: Record<string, ScenarioReport['state']>, index: number): string => {
  const scenarios = Object.entries(states).map(([name, state]) => scenarioReport(name, { state }));
  return JSON.stringify(sampleReport(scenarios, { run, shard: { index, of: 2, split: 'abc' } }));
};

// It says what it was given, so that what is piped into it is looked at.
const kubectl = `#!/bin/sh
kinds=
while read -r word kind; do
  if [ "$word" = kind: ]; then kinds="$kinds $kind"; fi
done
echo "kubectl $* was given$kinds"
`;

/** Writes the files into a folder. */
const put = async (folder: string, files: Record<string, string>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { mode: 0o755 });
  }
};

/** Whether a command reads and prints, and nothing else: a process of its own proves no more of it. */
export const isRunHere = (command: string): boolean =>
  /^npx corral (?:bugs|compare|explain|merge-reports|promises|replay|report|store|traceability|lab (?:status|shell|down|prune))\b/.test(
    command,
  );

/** Runs a line behind `npx corral` in this process; one at a time. */
const runCorralHere = async (
  line: string,
  { folder, env }: { folder: string; env: Record<string, string> },
) => {
  const argv = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
  const { env: ownEnv } = process;
  Object.assign(process, { env });
  try {
    return await runInProcess(() => runCorral(argv.slice(2)), folder);
  } finally {
    Object.assign(process, { env: ownEnv });
  }
};

/**
 * A reader's machine that has a shell and Node and nothing else, with a checkout in which the taught scenario
 * was added, a cluster without a Longhorn, a backup store, and the reports of two shards. `run` runs a
 * command of the documents there.
 */
export const openFixture = async () => {
  const { folder, remove } = await makeCheckout();
  const [server, store] = await Promise.all([serveStub({ uid }), layOut(soundStore())]);
  server.put(resources.pods);
  for (const kind of [resources.validatingAdmissionPolicies, resources.validatingAdmissionPolicyBindings])
    server.put(kind);
  const of = (path: string): string => join(folder, '.machine', path);
  await put(folder, { [taughtScenario().path]: taughtScenario().text });
  await put(of(''), {
    'bin/kubectl': kubectl,
    'reports/one/report.json': reportOf('aaaaaa', { A: 'passed', B: 'failed' }, 1),
    'reports/two/report.json': reportOf('bbbbbb', { C: 'passed' }, 2),
    'manifest.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: mine\n',
    'tmp/empty/.keep': '',
  });
  await mkdir(of('nothing'));
  await symlink('/bin/sh', of('bin/sh'));
  const places: Words = {
    'an empty folder': of('nothing'),
    'a store': store.root,
    reports: of('reports'),
    "a run's results": of('reports/one'),
    'a manifest': of('manifest.yaml'),
    'a kubeconfig': server.kubeconfig,
  };
  let results = 0;
  // Several are run at once, and two that write the same results take them from each other.
  const ownResults = (line: string): string => {
    if (!/^node scripts\/corral\.ts e2e\b/.test(line) || /--(out|help)\b/.test(line)) return line;
    results += 1;
    return `${line} --out ${of(`results/${results}`)}`;
  };
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

  return {
    run: async (command: string, words: Words = {}) => {
      const named = Object.entries(words).reduce(
        (text, [word, means]) => text.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), places[means] ?? means),
        command,
      );
      // As npm and npx do, without the second that they take.
      const script = (_: string, name: string) => scripts[name] ?? `missing-script-${name}`;
      const line = named
        .replace(/\bnpx corral\b/, 'node scripts/corral.ts')
        .replace(/\bnpx /, '')
        .replace(/\bnpm run (?:--silent )?([\w:-]+)(?: --(?= ))?/, script);
      const env = {
        ...{ PATH: `${folder}/node_modules/.bin:${of('bin')}`, HOME: folder },
        ...{ XDG_CACHE_HOME: of('cache'), TMPDIR: of('tmp'), ...cacheVariables() },
      };
      const options = { cwd: folder, env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
      const { exitCode, stdout, stderr } = isRunHere(command)
        ? await runCorralHere(named, { folder, env })
        : await execa('/bin/sh', ['-c', ownResults(line)], options);
      return { exitCode, said: stripVTControlCharacters(`${stdout}\n${stderr}`.trim()) };
    },
    close: () => Promise.all([remove(), server.stop(), store.remove()]),
  };
};
