import { readFileSync } from 'node:fs';
import { wordForFinding } from './judged.ts';
import type { Report, ScenarioReport } from './schema.ts';

type Level = 'error' | 'warning' | 'notice';

type Annotation = { level: Level; title: string; message: string; file?: string; line?: number | undefined };

const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Formats an annotation as a workflow command, which GitHub reads from the output of a job. */
export const toCommand = ({ level, title, message, file, line }: Annotation): string => {
  const properties = Object.entries({ file, line, title }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  return `::${level} ${properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',')}::${escapeData(message)}`;
};

/**
 * The line (from 1) of a file that contains the scenario's name in quotes. Undefined if the file cannot be read or
 * does not contain it.
 */
export const lineOfScenario = ({ file, name }: Pick<ScenarioReport, 'file' | 'name'>): number | undefined => {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    const index = lines.findIndex((line) =>
      ["'", '"', '`'].some((quote) => line.includes(quote + name + quote)),
    );
    return index < 0 ? undefined : index + 1;
  } catch {
    return undefined;
  }
};

const levels = { failed: 'error', 'not-provable': 'warning', 'known-bug': 'warning' } as const;
const titles = { failed: '', 'not-provable': 'not provable: ', 'known-bug': 'known bug: ' } as const;

const ofScenario = (
  scenario: ScenarioReport,
  { line, noun }: { line: typeof lineOfScenario; noun: string },
): Annotation[] => {
  const { name, file, state, reason, findings } = scenario;
  const bad = state === 'passed' || state === 'skipped' ? undefined : state;
  if (bad === undefined && findings.length === 0) return [];
  const place = { file, line: line(scenario) };
  return [
    ...(bad === undefined
      ? []
      : [{ ...place, level: levels[bad], title: `${titles[bad]}${name}`, message: reason ?? '' }]),
    ...findings.map(({ title, detail, link }) => ({
      ...place,
      level: 'notice' as const,
      title: `${noun}: ${title}`,
      message: [detail, link].filter(Boolean).join('\n'),
    })),
  ];
};

const ofRun = ({ end, differences }: Report): Annotation[] => [
  ...(end.state === 'finished'
    ? []
    : [{ level: 'error' as const, title: 'The run did not finish', message: end.reason ?? end.state }]),
  ...(differences?.length
    ? [
        {
          level: 'error' as const,
          title: 'The cluster is not as it was before the run',
          message: differences.join('\n'),
        },
      ]
    : []),
];

// GitHub's limit per step and level. It drops further annotations silently.
const most = 10;

const withinLimit = (level: Level, all: readonly Annotation[]): Annotation[] => {
  if (all.length <= most) return [...all];
  const message = all.slice(most - 1).map(({ title }) => title);
  return [...all.slice(0, most - 1), { level, title: `${message.length} more`, message: message.join('\n') }];
};

/**
 * Composes the annotations of a run on GitHub: errors for failures, warnings for scenarios that are not provable and
 * for known bugs, notices for findings.
 */
export const composeAnnotations = (report: Report, line = lineOfScenario): string[] => {
  const noun = wordForFinding(report.target);
  const reported = new Set<string>();
  // A finding is reported only for the first scenario that has it.
  const once = (scenario: ScenarioReport): ScenarioReport => {
    const findings = scenario.findings.filter(({ title }) => !reported.has(title));
    for (const { title } of findings) reported.add(title);
    return { ...scenario, findings };
  };
  const scenarios = report.scenarios.map(once);
  const all = [...ofRun(report), ...scenarios.flatMap((each) => ofScenario(each, { line, noun }))];
  const commands = (['error', 'warning', 'notice'] as const).flatMap((level) =>
    withinLimit(
      level,
      all.filter((each) => each.level === level),
    ),
  );
  return commands.map(toCommand);
};
