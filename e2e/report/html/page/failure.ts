import { describeSuspect } from '../../suspect.ts';
import type { Hint, PageRun, PageScenario } from '../data.ts';
import { element, tableHead } from './element.ts';

const hintBox = (hint: Hint, target: string): HTMLElement =>
  element('div', `points-to ${hint.at}`, [
    element('p', '', ['Points to: ', element('strong', '', [describeSuspect(hint, target)])]),
    element(
      'ul',
      '',
      hint.because.map((each) => element('li', '', [each])),
    ),
  ]);

const messageTable = (messages: NonNullable<PageScenario['failure']>['messages']): HTMLElement =>
  element('table', 'messages', [
    tableHead('Who', 'What it said', 'What that means'),
    element(
      'tbody',
      '',
      messages.map(({ of, text, class: kind, id, meaning }) =>
        element('tr', '', [
          element('td', '', [of]),
          element('td', 'text', [text]),
          element('td', '', [
            element('span', 'class', [kind]),
            ` ${meaning}`,
            id !== null && element('code', '', [` ${id}`]),
          ]),
        ]),
      ),
    ),
  ]);

const faultList = (faults: NonNullable<PageScenario['failure']>['faults']): HTMLElement =>
  element(
    'ul',
    'faults',
    faults.map(({ name, state, proof }) =>
      element('li', '', [element('strong', '', [name]), ` ${state}`, proof !== null && `: ${proof}`]),
    ),
  );

/** The box with facts beside the verdict: that the scenario was run twice, and what its cleanup left behind. */
export const notesBox = ({ firstPlay, leftBehind }: PageScenario): HTMLElement | false => {
  if (firstPlay === undefined && leftBehind === undefined) return false;
  const part = (title: string, text: string): HTMLElement[] => [
    element('h4', '', [title]),
    element('pre', '', [text]),
  ];
  return element('section', 'aside', [
    ...(firstPlay === undefined
      ? []
      : part('Run twice; the first time its premise was lost', firstPlay.reason)),
    ...(leftBehind === undefined ? [] : part('Left behind by its cleanup', leftBehind)),
  ]);
};

/** Shows a path of the evidence, as a link if the page knows the folder of the results. */
export const evidenceLink = (
  path: string,
  { evidence, results }: { evidence: PageScenario['evidence']; results: string | undefined },
): HTMLElement => {
  const from = evidence ? path.lastIndexOf(evidence) : -1;
  if (results === undefined || from === -1) return element('span', '', [path]);
  const made = element('a', '', [path]);
  // With a leading dot, a browser always reads the address as a relative path.
  made.href = ['.', results, path.slice(from)]
    .filter((each) => each !== '')
    .join('/')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  return made;
};

// The deciding line comes first. The rest contains the histories, which the chart shows as well.
const reasonBox = (reason: string, between: HTMLElement | null): HTMLElement => {
  const [line = '', below = '', ...rest] = reason.split('\n');
  const isPair = /^\s*Got: /.test(below);
  const first = isPair ? `${line}\n${below}` : line;
  const more = [...(isPair ? [] : [below]), ...rest].join('\n').trim();
  const all = element('details', '', [
    element('summary', '', ['The whole reason']),
    element('pre', '', [reason]),
  ]);
  all.open = more.split('\n').length <= 14;
  return element('div', 'reason', [element('p', 'first', [first]), between, more !== '' && all]);
};

const headings = {
  failed: 'What failed',
  'not-provable': 'What could not be proved',
  'known-bug': 'A bug of Longhorn that is known',
} as const;

/**
 * The most important facts about a scenario that did not pass: where to look, the step, the reason, the messages of
 * Longhorn, and the faults in force.
 */
export const failureBox = (scenario: PageScenario, run: PageRun): HTMLElement | undefined => {
  const { state, reason, failure, hint, steps, evidence } = scenario;
  if (state === 'passed' || (reason === null && failure === undefined)) return undefined;
  if (state === 'skipped') return element('p', 'skipped-because', [`Skipped: ${reason}`]);
  const step = failure?.step ?? steps.find((each) => each.state === state)?.sentence;
  return element('section', 'failure', [
    element('h4', '', [headings[state]]),
    step !== undefined && step !== null && element('p', 'at-step', [step]),
    reasonBox(failure?.reason ?? reason ?? '', hint && hintBox(hint, run.target.name)),
    failure !== undefined && failure.messages.length > 0 && element('h5', '', ['What Longhorn said']),
    failure !== undefined && failure.messages.length > 0 && messageTable(failure.messages),
    failure !== undefined && failure.faults.length > 0 && element('h5', '', ['Faults of the suite in force']),
    failure !== undefined && failure.faults.length > 0 && faultList(failure.faults),
    failure !== undefined &&
      failure.evidence.length > 0 &&
      element('p', 'evidence', [
        'Evidence: ',
        ...failure.evidence.flatMap((path, index) => [
          index > 0 && ', ',
          evidenceLink(path, { evidence, results: run.results }),
        ]),
      ]),
  ]);
};
