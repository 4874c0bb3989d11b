import type { ReportTimeline } from '../data.ts';
import { element } from './element.ts';
import { formatAt } from './format.ts';
import { type LogLine, type LogSeverity, readLogs } from './log-lines.ts';
import { lastAtOrBefore } from './search.ts';

/** The logs of a scenario. `scrollTo` shows the lines of a moment (s). */
type LogPanel = { root: HTMLElement; scrollTo(at: number): void };

const lineHeight = 18;

const words: Record<LogSeverity, string> = { E: 'error', W: 'warning', I: 'information', D: 'debug' };

const option = (value: string, text: string): HTMLOptionElement => {
  const made = element('option', '', [text]);
  made.value = value;
  return made;
};

const select = (
  label: string,
  options: HTMLOptionElement[],
  onChange: (value: string) => void,
): HTMLElement => {
  const made = element('select', '', options);
  made.addEventListener('change', () => onChange(made.value));
  return element('label', '', [`${label} `, made]);
};

/**
 * Creates the panel of the logs: the lines of all pods in one list. Only the visible lines are elements of the page.
 */
export const createLogPanel = (
  { logs, startedAt }: ReportTimeline,
  choose: (at: number) => void,
): LogPanel => {
  const all = readLogs(logs, startedAt);
  let lines: LogLine[] = all;
  const filter = { log: -1, least: 'EWID' };
  let moment: number | undefined;
  const inner = element('div', 'lines');
  const box = element('div', 'box', [inner]);
  box.tabIndex = 0;
  box.ariaLabel = 'Log lines in the order of time; Enter at a line moves the picture there';
  const several = logs.length > 1;

  const lineOf = (line: LogLine, index: number): HTMLElement => {
    const sign = element('span', `severity ${line.severity}`, [line.severity]);
    sign.title = words[line.severity];
    const made = element('div', 'line', [
      element('span', 'at', [formatAt(line.at, 3)]),
      sign,
      several && element('span', 'pod', [logs[line.log]?.name ?? '']),
      element('span', 'text', [line.text]),
    ]);
    made.style.top = `${index * lineHeight}px`;
    made.dataset.at = String(line.at);
    return made;
  };
  const draw = () => {
    const first = Math.max(0, Math.floor(box.scrollTop / lineHeight) - 10);
    const shown = lines.slice(first, first + Math.ceil(box.clientHeight / lineHeight) + 20);
    const near = moment === undefined ? -1 : lastAtOrBefore(lines, moment, ({ at }) => at);
    inner.replaceChildren(...shown.map((line, index) => lineOf(line, first + index)));
    inner.children[near - first]?.classList.add('near');
  };
  const update = () => {
    lines = all.filter(
      ({ log, severity }) => (filter.log === -1 || log === filter.log) && filter.least.includes(severity),
    );
    inner.style.height = `${lines.length * lineHeight}px`;
    if (moment !== undefined) scrollTo(moment);
    draw();
  };
  const scrollTo = (at: number) => {
    moment = at;
    box.scrollTop = Math.max(
      0,
      lastAtOrBefore(lines, at, (line) => line.at) * lineHeight - box.clientHeight / 2,
    );
    draw();
  };
  box.addEventListener('scroll', draw);
  box.addEventListener('click', (event) => {
    const found = (event.target as Element).closest<HTMLElement>('.line');
    if (found !== null && getSelection()?.isCollapsed !== false) choose(Number(found.dataset.at));
  });
  const errors = all.filter(({ severity }) => severity === 'E').length;
  const warnings = all.filter(({ severity }) => severity === 'W').length;
  const pods = [option('-1', 'all pods'), ...logs.map(({ name }, index) => option(String(index), name))];
  const severities = [
    option('EWID', 'everything'),
    option('EWI', 'without debug'),
    option('EW', 'errors and warnings'),
    option('E', 'errors'),
  ];
  const root = element('section', 'log', [
    element('header', '', [
      element('h4', '', ['Logs']),
      element('span', 'counts', [`${all.length} lines, ${errors} errors, ${warnings} warnings`]),
      several &&
        select('Pod', pods, (value) => {
          filter.log = Number(value);
          update();
        }),
      select('Show', severities, (value) => {
        filter.least = value;
        update();
      }),
    ]),
    box,
  ]);
  root.ariaLabel = 'Logs of the pods concerned';
  new ResizeObserver(draw).observe(box);
  update();
  return { root, scrollTo };
};
