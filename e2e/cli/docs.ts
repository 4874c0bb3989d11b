import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { configFields } from '../config/config.ts';
import { formatDuration } from '../kube/duration.ts';
import { describeSymptom, severities } from '../longhorn/bugs/bug.ts';
import { bugIds, bugs, hasBug } from '../longhorn/bugs/bugs.ts';
import { type DifferenceId, differences, differsIn } from '../longhorn/differences/differences.ts';
import { type Disruption, disruptions } from '../longhorn/disruptions.ts';
import { messageClasses } from '../longhorn/messages/row.ts';
import { timeOf } from '../machine/times.ts';
import { readExpectedTimes, timeKey } from '../report/expected-times.ts';
import { type RealRun, readRealRuns } from '../report/real-runs.ts';
import { allStores, driverNamed, driversOf, scenarioNameOn } from '../store/drivers/index.ts';
import type { Declared } from '../suite/run/fixture.ts';
import { skipReason } from '../suite/run/skip-reason.ts';
import { tags } from '../suite/tags.ts';
import { composeSteps } from './bugs/write-up.ts';
import { bugReferences } from './bugs.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { describeLabFaults, describeLonghornFaults, describeStoreFaults } from './describe-faults.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { countStatuses, type DocumentedPromise, readPromises, statuses } from './promises/map.ts';
import { readScenarioFiles, sentencesOfSteps } from './traceability/trace.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Formats a text as code. */
const code = (text: string): string => `\`${text}\``;

/** Formats a table. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);

const lines = (name: string): RegExp =>
  new RegExp(`(<!-- npm run docs: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`, 'g');

const named = /<!-- npm run docs: ([\w-]+) -->/g;

/** Rewrites the generated sections of a document. Throws for a marker with an unknown name or without an end. */
export const rewrite = (text: string, sections: Record<string, () => string[]>): string => {
  let written = text;
  for (const [, name = ''] of text.matchAll(named)) {
    const section = sections[name];
    if (section === undefined)
      throw new Error(`there is no section named ${name}; there are: ${Object.keys(sections).join(', ')}`);
    const pattern = lines(name);
    if (!pattern.test(written)) throw new Error(`section ${name} has no end: write <!-- end --> behind it`);
    written = written.replaceAll(
      pattern,
      (_, begin: string, end: string) => `${begin}\n${section().join('\n')}\n\n${end}`,
    );
  }
  return written;
};

/**
 * The steps that scenarios call, with their printed sentences. For `always`: the sentences of the steps that every
 * scenario has without calling them.
 */
const describeSteps = (word: 'given' | 'when' | 'then' | 'always'): string[] => {
  const { byId, always } = sentencesOfSteps();
  if (word === 'always') return [...always].map((sentence) => `- ${sentence}`);
  const steps = [...byId]
    .filter(([id]) => id.startsWith(`${word}.`))
    .toSorted(([one], [other]) => one.localeCompare(other));
  return table(
    ['step', 'printed sentence'],
    steps.map(([id, sentence]) => [code(id), sentence]),
  );
};

/** Quotes a scenario from its file, without its comments: they require knowledge of the project. */
const quoteScenario = (file: string, name: string): string[] => {
  const found = readScenarioFiles()
    .get(file)
    ?.scenarios.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${file} has no scenario named "${name}"`);
  const lines = found.text.split('\n');
  return [
    '```ts',
    `// from e2e/scenarios/${file}.e2e.ts`,
    ...lines.filter((line) => !line.trimStart().startsWith('//')),
    '```',
  ];
};

const root = fileURLToPath(new URL('../../', import.meta.url));

const reported = /toFinding\(\s*'([\w-]+)'/g;

/** The differences that steps report as findings, in the order of the table. */
export const reportedDifferences = (): DifferenceId[] => {
  const sources = globSync('e2e/suite/steps/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(`${root}${file}`, 'utf8'),
  );
  const found = new Set(sources.flatMap((source) => [...source.matchAll(reported)].map(([, id]) => id)));
  return (Object.keys(differences) as DifferenceId[]).filter((id) => found.has(id));
};

/** The findings about differences between documents and product, one line each. */
const describeFindings = (): string[] =>
  table(
    ['finding', 'Longhorn', 'difference'],
    reportedDifferences().map((id) => {
      const { title, versions } = differences[id];
      return [title, versions === '*' ? 'every version' : code(versions), `[${id}](versions.md#${id})`];
    }),
  );

const workflow = new URL('../../.github/workflows/longhorn.yml', import.meta.url);

const ids = Object.keys(differences) as DifferenceId[];

/** The released versions that the workflow tests every night. */
const nightlyVersions = (): string[] => {
  const { jobs } = parse(readFileSync(workflow, 'utf8'));
  const versions: string[] = jobs.run.strategy.matrix.longhorn;
  return versions.filter((version) => /^v\d/.test(version));
};

/** A table with one row per id, with its `fields`, and one column per version of Longhorn: `yes` if it `holds` there. */
const tableByVersion = <Id extends string>(
  ids: readonly Id[],
  holds: (id: Id, version: string) => boolean,
  fields: Record<string, (id: Id) => string> = {},
): string[] => {
  const versions = nightlyVersions();
  return table(
    ['', ...Object.keys(fields), ...versions],
    ids.map((id) => [
      `[${id}](#${id})`,
      ...Object.values(fields).map((fieldOf) => fieldOf(id)),
      ...versions.map((version) => (holds(id, version) ? 'yes' : '')),
    ]),
  );
};

/** All differences with their details. */
const describeDifferences = (): string[] =>
  ids.flatMap((id, index) => {
    const { title, document, product, versions, seen, link, bug } = differences[id];
    return [
      ...(index === 0 ? [] : ['']),
      `### ${id}`,
      '',
      `${title}.`,
      '',
      `- Documented: ${document}.`,
      `- Known: ${product}.`,
      `- Holds for: ${versions === '*' ? 'every version' : code(versions)}. Seen: ${seen}.`,
      ...(link === undefined ? [] : [`- <${link}>`]),
      ...(bug === undefined ? [] : [`- A known bug of Longhorn: [${bug}](bugs.md#${bug}).`]),
    ];
  });

/** All known bugs, with their symptoms and how to reproduce them. */
const describeBugs = (): string[] => {
  const shown = bugReferences();
  return bugIds.flatMap((id, index) => {
    const { title, severity, versions, promise, happens, symptoms, source, seen, upstream } = bugs[id];
    return [
      ...(index === 0 ? [] : ['']),
      `### ${id}`,
      '',
      `${title}.`,
      '',
      `- Promised: ${promise}.`,
      `- Happens: ${happens}.`,
      `- Severity: ${severity}. Holds for: ${code(versions)}.`,
      `- Symptom: ${symptoms.map(describeSymptom).join('; or ')}.`,
      `- Shown by: ${shown.get(id)?.join(', ') || 'no scenario yet'}.`,
      `- Source: ${source}. Seen: ${seen}.`,
      `- Upstream: ${upstream.startsWith('https:') ? `<${upstream}>` : upstream}.`,
      '',
      ...composeSteps(id).map((line) => (line.startsWith('```') ? line.replace('sh', 'text') : line)),
    ];
  });
};

/** The status of a promise, with its details. */
const describeStatus = (promise: DocumentedPromise): string => {
  const { status } = promise;
  if (status === 'known-bug')
    return `known bug: ${promise.bugs.map((id) => `[${id}](bugs.md#${id})`).join(', ')}`;
  if (status === 'partly') return `partly; missing: ${promise.missing}`;
  return status === 'out-of-scope' ? `out of scope: ${promise.why}` : status;
};

/** The number of promises of each subject by status, then a table of promises for each subject. */
const describePromises = (): string[] => {
  const subjects = readPromises();
  const count = (promises: readonly DocumentedPromise[]): string[] =>
    [...countStatuses(promises), promises.length].map(String);
  return [
    ...table(
      ['subject', ...statuses, 'all'],
      [
        ...subjects.map(({ name, promises }) => [code(name), ...count(promises)]),
        ['all', ...count(subjects.flatMap(({ promises }) => promises))],
      ],
    ),
    ...subjects.flatMap(({ title, promises }) => [
      '',
      `### ${title}`,
      '',
      ...table(
        ['id', 'promise', 'status'],
        promises.map((each) => [each.id, each.promise, describeStatus(each)]),
      ),
    ]),
  ];
};

const describeRealRun = ({ state, seconds, bugs = [] }: RealRun): string => {
  const shown = bugs.map((id) => `[${id}](bugs.md#${id})`).join(', ');
  return `${state === 'passed' ? 'passed' : `known bug${shown && `: ${shown}`}`}, ${formatDuration(seconds * 1000)}`;
};

/** The keys of a scenario in the expected times and the real runs, each with the kind of store that it is for. */
const keysOf = (file: string, name: string): [string, string][] =>
  driversOf(allStores).map((driver) => [
    timeKey({ name: scenarioNameOn(name, driver), file: `e2e/scenarios/${file}.e2e.ts` }),
    driver.name,
  ]);

/**
 * One table for each folder of scenarios: lines, the time on the emulator, and the last run on each real Longhorn.
 * Throws if a run is of a scenario that does not exist.
 */
const describeRealRuns = (): string[] => {
  const times = readExpectedTimes();
  const runs = Object.entries(readRealRuns());
  const scenarios = [...readScenarioFiles()].flatMap(([file, { scenarios }]) =>
    scenarios.map(({ name, text }) => ({
      subject: file.split('/')[0] ?? '',
      name,
      text,
      keys: keysOf(file, name),
    })),
  );
  const known = new Set(scenarios.flatMap(({ keys }) => keys.map(([key]) => key)));
  const unknown = runs.flatMap(([, all]) => Object.keys(all)).filter((key) => !known.has(key));
  if (unknown.length > 0)
    throw new Error(`fixtures/real-runs.json: there is no scenario ${unknown.join(', ')}`);
  const describeScenario = ({ name, text, keys }: (typeof scenarios)[number]): string[] => {
    const [own = ''] = keys.find(([key]) => times[key] !== undefined) ?? [];
    const expected = times[own];
    const ofVersion = (all: Readonly<Record<string, RealRun>>): string =>
      keys
        .flatMap(([key, store]) => {
          const run = all[key];
          return run === undefined ? [] : `${key === own ? '' : `[${store}] `}${describeRealRun(run)}`;
        })
        .join('; ');
    return [
      name,
      String(text.split('\n').length),
      expected === undefined ? '' : formatDuration(expected),
      ...runs.map(([, all]) => ofVersion(all)),
    ];
  };
  const head = ['scenario', 'lines', 'emulator', ...runs.map(([version]) => version)];
  return [...Map.groupBy(scenarios, ({ subject }) => subject)]
    .flatMap(([subject, each]) => ['', `### ${subject}`, '', ...table(head, each.map(describeScenario))])
    .slice(1);
};

/** The declarations of all scenarios. Only vitest can load scenarios, so another process lists them. */
const listScenarios = (): (Declared & { seed: string | null })[] => {
  const flags = ['--list', '--all', '--store', driverNamed().name, '--output', 'json'];
  const argv = ['scripts/corral.ts', 'e2e', ...flags];
  const env = { PATH: process.env.PATH };
  return JSON.parse(execFileSync(process.execPath, argv, { cwd: root, env, encoding: 'utf8' }));
};

/**
 * How many scenarios run on an existing cluster with its default kind of store: one row without `--all`, one with it.
 */
const countOnExisting = (): string[] => {
  const all = listScenarios();
  const fits = (allow: readonly Disruption[]) => (declared: Declared) =>
    skipReason({ lab: false, allow, without: [], fetchesBrowser: true }, declared) === undefined;
  const names = Object.keys(disruptions) as Disruption[];
  const fitting = all.filter(fits(names));
  const needed = names.filter((name) => fitting.some((each) => each.disruptions.includes(name)));
  const ofSeeds = all.filter(({ seed }) => seed !== null);
  const count = (scenarios: typeof all, allow: readonly Disruption[]): string =>
    `${scenarios.filter(fits(allow)).length} of ${scenarios.length}`;
  const inLab = all.filter(({ needs }) => needs.includes('lab')).length;
  const onOther = all.length - fitting.length - inLab;
  return table(
    ['', 'without `--allow`', `with \`--allow ${needed.join(',')}\``],
    [
      ['by default', count(ofSeeds, []), count(ofSeeds, needed)],
      [
        'with `--all`',
        count(all, []),
        `${count(all, needed)}; ${onOther} more need \`--store all\`, ${inLab} need the lab`,
      ],
    ],
  );
};

/** The durations of the README's commands. */
const describeTimes = (): string[] => [
  ...table(
    ['', 'how long it takes'],
    [
      [code('npm run e2e'), timeOf('e2e')],
      [code('npx corral e2e --all'), timeOf('e2e-all')],
      ['in both: until three nodes are Ready', timeOf('nodes')],
      ['in both: until the emulator is ready', timeOf('emulator')],
      [code('npm test'), timeOf('test')],
      ['on a new machine, once: building the lab, mostly compiling Kubernetes', timeOf('build')],
    ],
  ),
  '',
  'Measured on machines with two processors, from the fastest to the slowest; `fixtures/times.json` says when, and on which.',
];

const describeChecks = (): string[] =>
  table(
    ['command', 'what it judges', 'how long it takes'],
    [
      [
        'npm test',
        'the suite itself: units, the real commands on small inline suites, and parts of a lab',
        timeOf('test'),
      ],
      ['npm run conformance', 'the emulator beside recordings of a real Longhorn', timeOf('conformance')],
      ['npx corral e2e --all', 'all scenarios, on the emulator in a lab', timeOf('e2e-all')],
      [
        'npm run mutants',
        "the scenarios, on an emulator with one bug at a time, or with one of Longhorn's bugs fixed",
        timeOf('mutants'),
      ],
    ].map(([command = '', ...rest]) => [code(command), ...rest]),
  );

const sourceTexts = new URL('../../fixtures/source-texts.json', import.meta.url);

/** The number of recognised error texts: one row per repository of Longhorn, one column per version. */
const describeSourceTexts = (): string[] => {
  const counts: Record<string, Record<string, { texts: number; recognised: number }>> = JSON.parse(
    readFileSync(sourceTexts, 'utf8'),
  );
  const [newest = {}] = Object.values(counts).slice(-1);
  return table(
    ['', ...Object.keys(counts)],
    Object.keys(newest).map((name) => [
      name,
      ...Object.values(counts).map((repositories) => {
        const { texts = 0, recognised = 0 } = repositories[name] ?? {};
        return `${recognised} of ${texts}`;
      }),
    ]),
  );
};

/** The generated sections of the documents, by the name in their markers. */
export const sections: Record<string, () => string[]> = {
  bugs: describeBugs,
  'bugs-by-version': () => tableByVersion(bugIds, hasBug, { severity: (id) => bugs[id].severity }),
  checks: describeChecks,
  config: () =>
    table(
      ['field', 'variable', 'what it is'],
      configFields().map(({ name, variable, about }) => [code(name), variable && code(variable), about]),
    ),
  disruptions: () =>
    table(
      ['name', 'what a scenario does then'],
      Object.entries(disruptions).map(([name, text]) => [code(name), text]),
    ),
  differences: describeDifferences,
  'faults-of-stores': describeStoreFaults,
  'faults-of-longhorn': describeLonghornFaults,
  'faults-of-the-lab': describeLabFaults,
  example: () =>
    quoteScenario('backup-deletion/normal', 'A backup made during a deletion waits for it, then runs'),
  findings: describeFindings,
  promises: describePromises,
  'real-runs': describeRealRuns,
  'source-texts': describeSourceTexts,
  'message-classes': () =>
    table(
      ['class', 'what it means'],
      Object.entries(messageClasses).map(([name, text]) => [name, text]),
    ),
  'scenarios-on-your-cluster': countOnExisting,
  severities: () =>
    table(
      ['severity', 'what it means'],
      Object.entries(severities).map(([name, text]) => [name, text]),
    ),
  'steps-given': () => describeSteps('given'),
  'steps-when': () => describeSteps('when'),
  'steps-then': () => describeSteps('then'),
  'steps-always': () => describeSteps('always'),
  tags: () =>
    table(
      ['tag', 'scenarios'],
      tags.map(({ name, description }) => [code(name), description]),
    ),
  times: describeTimes,
  versions: () => tableByVersion(ids, differsIn),
};

const program = (): Command =>
  newCommand(
    'docs',
    'Writes the generated parts of the documents: between <!-- npm run docs: NAME --> and <!-- end -->.',
  ).option('--check', 'only print which documents are out of date (exit code 1)');

/**
 * `npm run docs`: writes the generated sections of the documents. Returns the exit code: 0 written, 1 a document is
 * outdated (`--check`), 2 usage.
 */
export const runDocsCommand = (argv: readonly string[], folder = root): Promise<ExitCode> =>
  toExitCode('docs', () => {
    const command = program();
    parseFlags(command, argv);
    const { check = false } = command.opts<{ check?: boolean }>();
    const stale = globSync(['README.md', 'CONTRIBUTING.md', 'docs/*.md'], { cwd: folder }).filter((path) => {
      const before = readFileSync(join(folder, path), 'utf8');
      const after = rewrite(before, sections);
      if (after !== before && !check) writeFileSync(join(folder, path), after);
      return after !== before;
    });
    for (const path of stale)
      process.stdout.write(
        `${path}: ${check ? 'is not as the code has it: npm run docs writes it' : 'written'}\n`,
      );
    return check && stale.length > 0 ? exitCode.failed : exitCode.passed;
  });
