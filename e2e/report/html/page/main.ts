import type { PageData, PageRun } from '../data.ts';
import { keysHelp } from './chart/keys.ts';
import { button, element } from './element.ts';
import { createFilter } from './filter.ts';
import { formatDate } from './format.ts';
import { patterns } from './legend.ts';
import { headlineOf, overviewOf, rowOf, sortScenarios } from './overview.ts';
import { createScenarioView, type ScenarioView } from './scenario.ts';
import { unpack } from './unpack.ts';

const runOf = (run: PageRun, several: boolean): { root: HTMLElement; views: ScenarioView[] } => {
  const rows = new Map(sortScenarios(run).map((scenario) => [scenario, rowOf(scenario, run.target.name)]));
  const views = [...rows].map(([scenario, row]) => createScenarioView(scenario, { run, row }));
  const root = element('article', 'run', [
    several && element('h2', 'which', [`${run.target.version ?? run.target.name}, run ${run.run}`]),
    overviewOf(run, [...rows.values()]),
    ...views.map((view) => view.root),
  ]);
  root.id = `run-${run.run}`;
  return { root, views };
};

const runList = (runs: readonly PageRun[]): HTMLElement | false =>
  runs.length > 1 &&
  element(
    'ul',
    'runs',
    runs.map((run) => {
      const link = element('a', '', [
        `${run.target.name} ${run.target.version ?? ''}, ${run.provider}, run ${run.run}`,
      ]);
      link.href = `#run-${run.run}`;
      return element('li', '', [link, `: ${headlineOf(run)}`]);
    }),
  );

const start = async (): Promise<void> => {
  const data = await unpack<PageData>('data');
  const runs = data.runs.map((run) => runOf(run, data.runs.length > 1));
  const views = runs.flatMap((run) => run.views);
  const help = createHelp();
  const openAll = async () => {
    for (const view of views) await view.open();
  };
  const tools = element('nav', 'chrome', [
    button('Open all', 'Open every scenario, as for printing', () => void openAll()),
    button('Print', 'Print the scenarios that are open', () => print()),
    themeButton(),
    button('?', 'Keys', () => help.showModal()),
  ]);
  const made = element('p', 'made', [`Corral report, made ${formatDate(data.made)}`]);
  document.body.append(
    patterns() as unknown as HTMLElement,
    element('header', 'page', [element('h1', '', ['Corral']), made, tools]),
    element('main', '', [
      runList(data.runs),
      views.length > 1 && createFilter(views),
      ...runs.map(({ root }) => root),
    ]),
    help,
  );
  const prepare = (paper: boolean) => {
    for (const view of views) view.prepare(paper);
  };
  addEventListener('beforeprint', () => prepare(true));
  addEventListener('afterprint', () => prepare(false));
  const openNamed = async () => {
    const named = views.find(({ root }) => `#${root.id}` === decodeURIComponent(location.hash));
    await named?.open();
    named?.root.scrollIntoView();
  };
  addEventListener('hashchange', () => void openNamed());
  for (const view of views) if (view.root.matches('.failed, .not-provable')) await view.open();
  await openNamed();
  document.documentElement.dataset.ready = 'yes';
};

void start();

const themes = ['auto', 'light', 'dark'] as const;

/** The button that switches between the light theme, the dark theme and the system's theme. */
const themeButton = (): HTMLElement => {
  let now = 0;
  const show = () => `Theme: ${themes[now]}`;
  const made = button(show(), 'Light, dark, or as the system has it', () => {
    now = (now + 1) % themes.length;
    if (themes[now] === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = themes[now] ?? '';
    made.textContent = show();
  });
  return made;
};

/** The help dialog. The key `?` opens it anywhere on the page. */
const createHelp = (): HTMLDialogElement => {
  const rows = keysHelp.map(([keys, does]) =>
    element('tr', '', [element('td', '', [element('kbd', '', [keys])]), element('td', '', [does])]),
  );
  const dialog = element('dialog', 'help', [
    element('h3', '', ['Keys of a timeline']),
    element('table', '', [element('tbody', '', rows)]),
    element('p', '', [
      'A click chooses a moment: its object stays on the side and the log scrolls there; a click on a log line moves the picture to it.',
    ]),
    button('Close', 'Close the help (Escape)', () => dialog.close()),
  ]);
  document.addEventListener('keydown', (event) => {
    if (
      event.key !== '?' ||
      event.target instanceof HTMLSelectElement ||
      event.target instanceof HTMLInputElement
    )
      return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
  });
  return dialog;
};
