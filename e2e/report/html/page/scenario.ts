import { formatDuration } from '../../../kube/duration.ts';
import { describeFindings, isEmulated } from '../../judged.ts';
import { ownTime } from '../../own-time.ts';
import { describeSuspect } from '../../suspect.ts';
import type { PageRun, PageScenario, ReportTimeline } from '../data.ts';
import { element, listFindings } from './element.ts';
import { createEvidenceView, type EvidenceView } from './evidence-view.ts';
import { evidenceLink, failureBox, notesBox } from './failure.ts';
import type { Filtered } from './filter.ts';
import { states } from './format.ts';
import { emulatedPage } from './overview.ts';
import { describeFlakiness } from './past.ts';
import { unpack } from './unpack.ts';

/** A scenario on the page. Its evidence is unpacked when it is opened for the first time. */
export type ScenarioView = Filtered & {
  root: HTMLDetailsElement;
  open(): Promise<void>;
  prepare(paper: boolean): void;
};

const findingsOf = ({ findings }: PageScenario, target: string): HTMLElement | false => {
  if (findings.length === 0) return false;
  const emulated = isEmulated({ name: target });
  return element(emulated ? 'details' : 'section', 'findings', [
    emulated
      ? element('summary', '', [describeFindings(findings, { name: target })])
      : element('h4', '', ['Findings']),
    listFindings(findings),
  ]);
};

const factsOf = (scenario: PageScenario, { results }: PageRun): HTMLElement => {
  const { file, seed, tags, round, decisions, startedAt, evidence } = scenario;
  return element('p', 'facts', [
    [
      file,
      seed,
      tags.map((tag) => `#${tag}`).join(' '),
      round > 1 ? `round ${round}` : '',
      startedAt,
      decisions.count > 0 ? `decided within ${Math.round(decisions.max)} ms of the event` : '',
    ]
      .filter((each) => each)
      .join(' · '),
    ...(evidence ? [' · evidence: ', evidenceLink(evidence, { evidence, results })] : []),
  ]);
};

/** The scenario's own time, and separately the time that it waited for locks of other scenarios. */
const tookOf = (scenario: PageScenario): string => {
  const { locks } = scenario.account;
  const own = formatDuration(ownTime(scenario));
  return locks < 1000 ? own : `${own}, and ${formatDuration(locks)} waiting for locks`;
};

const summaryOf = (scenario: PageScenario, target: string): HTMLElement => {
  const { sign, word } = states[scenario.state];
  return element('summary', '', [
    element('span', `state ${scenario.state}`, [`${sign} ${word}`]),
    element('h3', 'title', [scenario.name, scenario.round > 1 && ` (round ${scenario.round})`]),
    scenario.hint && element('span', 'points', [`points to ${describeSuspect(scenario.hint, target)}`]),
    element('span', 'past', [emulatedPage(scenario, target)]),
    element('span', 'past', [describeFlakiness(scenario)]),
    element('span', 'took', [tookOf(scenario)]),
  ]);
};

export const createScenarioView = (
  scenario: PageScenario,
  { run, row }: { run: PageRun; row: HTMLElement },
): ScenarioView => {
  const target = run.target.name;
  const content = element('div', 'content', [
    failureBox(scenario, run),
    notesBox(scenario),
    findingsOf(scenario, target),
  ]);
  const root = element('details', `scenario ${scenario.state}`, [summaryOf(scenario, target), content]);
  root.id = scenario.key;
  let filling: Promise<EvidenceView> | undefined;
  let view: EvidenceView | undefined;
  const fill = async (): Promise<EvidenceView> => {
    const timeline = scenario.timeline === null ? null : await unpack<ReportTimeline>(scenario.timeline);
    view = createEvidenceView(scenario, timeline);
    content.append(...view.nodes, factsOf(scenario, run));
    view.begin();
    return view;
  };
  const open = async () => {
    root.open = true;
    filling ??= fill();
    await filling;
  };
  root.addEventListener('toggle', () => {
    if (root.open) void open();
  });
  return { scenario, shownBy: [root, row], root, open, prepare: (paper) => view?.prepare(paper) };
};
