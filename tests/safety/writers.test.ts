import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

// Each way for text to leave this suite: what a process prints, and what it writes to a file.

describe('all that a command prints is redacted', () => {
  const scripts = globSync('scripts/*.ts', { cwd: root });

  // The commands themselves begin nothing before one is named.
  const entries = scripts.filter((path) => path !== 'scripts/commands.ts');

  test.each(entries)('%s guards its output before it does anything', (path) => {
    const code = read(path).replace(/^(?:import\s[^;]+;|\/\/.*|#!.*|\s*)$/gm, '');
    expect(code.trimStart()).toMatch(/^guardOutput\(\);/);
  });

  // What becomes of one that does not is in no-reader.self.test.ts.
  test('a command goes on with what it has to finish where nobody reads it', () =>
    expect(read('scripts/corral.ts')).toMatch(/^ignoreClosedPipe\(\);$/m));

  test.each([
    ['e2e/suite/run/reporter.ts', 'the process that reports the scenarios'],
    ['e2e/suite/run/run-scenario.ts', 'the process that runs them'],
  ])('%s guards that of %s', (path) => expect(read(path)).toMatch(/^ +guardOutput\(\);$/m));
});

describe('all that is written to a file is redacted, or nothing of a run', () => {
  const writing =
    /\b(?:writeAtomically|writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream)\(|\bfile\.write\(/;

  /** Who may write files, and through what; what is copied or made is no text of a run. */
  const writers: Record<string, RegExp | 'made by us' | 'copied'> = {
    'e2e/report/file.ts':
      /const redacted = redactAll\((?:.|\n)*writeAtomically\([^;]*redacted[^;]*;\n[^;]*writeAtomically\([^;]*\(redacted\)/,
    'e2e/report/html/history-file.ts':
      /redactAll\(toHistoryLine\(report\)\)(?:.|\n)*writeAtomically\(path, `\$\{lines\./,
    // The page holds what build-page.ts packs, which redacts it.
    'e2e/report/html/write-page.ts': /writeAtomically\(file, await buildPage\(/,
    'e2e/report/print-ends.ts': /appendFile\(path, redact\(/,
    'e2e/suite/evidence/ndjson-writer.ts': /stream\.write\(`\$\{JSON\.stringify\(redactAll\(/,
    'e2e/suite/evidence/collect/evidence-file.ts': /writeFile\(path, typeof content === 'string' \? redact\(/,
    // It packs files that these two have written, and a report.
    'e2e/suite/evidence/bundle/bundle.ts': /Buffer\.from\(`\$\{JSON\.stringify\(redactAll\(report\)/,
    'e2e/faults/ledger.ts': /file\.write\(`\$\{JSON\.stringify\(redactAll\(/,
    'e2e/cli/fleet/follow.ts': /writeFile\(join\(folder, 'log\.txt'\), `\$\{redact\(/,
    // A kubeconfig is what it is written for, and only its owner may read it.
    'providers/docker/cluster.ts': /writeFile\(kubeconfig, .*\{\s*mode: 0o600,?\s*\}\)/,
    // Longhorn's own, where it is asked for: its flag and the documents say that it is not redacted.
    'e2e/suite/steps/evidence/support-bundle.ts': 'copied',
    'e2e/cli/docs.ts': 'made by us',
    // Verdicts of cells, and the files of a store that it made for them.
    'e2e/cli/store-matrix.ts': 'made by us',
    'e2e/store-matrix/open-matrix.ts': 'made by us',
    'e2e/store-matrix/replica.ts': 'made by us',
    // Names of writes, and verdicts with the reasons of a report, which has redacted them.
    'e2e/cli/crash-matrix.ts': 'made by us',
    'e2e/crash-matrix/cells.e2e.ts': 'made by us',
    'e2e/cli/soak.ts': 'made by us',
    'e2e/soak/soak.e2e.ts': 'made by us',
    'providers/matrix-engine.ts': 'made by us',
    'e2e/report/expected-times.ts': 'made by us',
    'e2e/report/real-runs.ts': 'made by us',
    'providers/lab.ts': 'made by us',
    'providers/docker/pod-system.ts': 'made by us',
    'providers/emulator-pack.ts': 'made by us',
  };

  test('nobody else writes one', () => {
    const found = globSync('{e2e,providers,scripts}/**/*.ts', { cwd: root }).filter(
      (path) => path !== 'e2e/report/write-atomically.ts' && writing.test(read(path)),
    );
    expect(found.toSorted()).toEqual(Object.keys(writers).toSorted());
  });

  const redacting = Object.entries(writers).filter(
    (entry): entry is [string, RegExp] => entry[1] instanceof RegExp,
  );
  test.each(redacting)('%s', (path, through) => expect(read(path)).toMatch(through));
});
