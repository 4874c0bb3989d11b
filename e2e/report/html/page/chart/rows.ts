import type { Lane } from '../../data.ts';
import { element, svgElement } from '../element.ts';
import { heightOf } from './draw-lane.ts';

/** The row of a lane on the page. */
export type ChartRow = { lane: Lane; root: HTMLElement; svg: SVGSVGElement; visible: boolean };

const kindNames: Record<string, string> = {
  backups: 'backup',
  backuptargets: 'backup target',
  backupvolumes: 'backup volume',
  cronjobs: 'CronJob',
  fault: 'fault',
  gap: '',
  jobs: 'job',
  lock: '',
  log: 'log',
  namespaces: 'namespace',
  pods: 'pod',
  recurringjobs: 'recurring job',
  snapshots: 'snapshot',
  steps: '',
  volumeattachments: 'attachment',
  volumes: 'volume',
};

/** The readable name of a kind of lane. Empty if the name of the lane says it. */
export const kindName = (kind: string): string => kindNames[kind] ?? kind;

/** Creates the row of a lane: its name and an empty picture. */
export const createRow = (lane: Lane, index: number): ChartRow => {
  const name = element('span', 'name', [lane.name === '' ? 'any' : lane.name]);
  name.title = lane.name;
  const label = element('div', 'label', [element('span', 'kind', [kindName(lane.kind)]), name]);
  const groups = ['bars', 'gaps', 'expectations', 'symbols', 'chosen'].map((each) =>
    svgElement('g', { class: each }),
  );
  const svg = svgElement('svg', { class: 'plot', height: heightOf(lane), 'aria-hidden': 'true' }, groups);
  const root = element('div', `lane kind-${lane.kind}`, [label, svg]);
  root.dataset.lane = String(index);
  return { lane, root, svg, visible: true };
};
