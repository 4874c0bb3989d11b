import type { ReportTimeline } from '../../data.ts';
import { element, svgElement } from '../element.ts';
import { drawAxis, drawBackdrop } from './backdrop.ts';
import { drawLane } from './draw-lane.ts';
import { listenToKeys } from './keys.ts';
import { describePointed, nextMoment, type Pointed, pointAt } from './point.ts';
import { longWaits } from './queue.ts';
import { type ChartRow, createRow } from './rows.ts';
import { createView, type View } from './view.ts';

/** The chart of a scenario. */
type Chart = {
  root: HTMLElement;
  view: View;
  /** Lays out the whole chart for a page of paper of a width (px), or for the screen if the width is missing. */
  layOut(paper?: number): void;
  moveTo(at: number): void;
  /** Chooses a moment of a lane when the view opens, before the reader has chosen one. */
  begin(lane: number, at: number): void;
};

/** Gets the point that the reader points at, or undefined for none. `chosen`: the reader clicked or used a key. */
type ChartListener = (pointed: Pointed | undefined, chosen: boolean) => void;

/** Creates the chart of a scenario: a lane for each object, all on one time axis. */
export const createChart = (timeline: ReportTimeline, notify: ChartListener): Chart => {
  const lanes = timeline.lanes;
  const waits = longWaits(lanes, timeline.seconds);
  const rows = lanes.map(createRow);
  const axis = svgElement('svg', { class: 'axis', height: 26, 'aria-hidden': 'true' }, [
    svgElement('g', { transform: 'translate(0,24)' }),
  ]);
  const backdrop = svgElement('svg', { class: 'backdrop', 'aria-hidden': 'true' });
  const cursor = element('div', 'cursor');
  const area = element('div', 'lanes', [backdrop, ...rows.map(({ root }) => root), cursor]);
  const status = element('div', 'unseen');
  status.role = 'status';
  const root = element('div', 'chart', [element('div', 'axis-row', [axis]), area, status]);
  root.tabIndex = 0;
  root.role = 'application';
  root.ariaLabel = `Timeline of ${rows.length} lanes over ${timeline.seconds.toFixed(1)} s: arrow keys go from state to state and from lane to lane, ? shows all keys`;
  const tooltip = createTooltip(root);
  let left = 0;
  let frame = 0;
  let paper: number | undefined;
  // All lanes are drawn once after each change of the size. Otherwise lanes out of sight are not redrawn.
  let whole = true;
  let chosen: { row: number; at: number } | undefined;
  const reach = (at: number) => view.scale().invert(view.scale()(at) + 5) - at;

  const draw = () => {
    const window = view.window();
    // The axis is above the lanes only, which start to the right of their names.
    const scale = view.scale(0);
    drawAxis(axis, scale, waits);
    drawBackdrop(backdrop, scale, { lanes, waits, height: area.clientHeight });
    for (const row of rows) if (row.visible || whole) drawLane(row.svg, row.lane, window);
    whole = false;
    drawCursor();
  };
  const drawCursor = () => {
    const { from, to } = view.window();
    cursor.hidden = chosen === undefined || chosen.at < from || chosen.at > to;
    if (chosen !== undefined) cursor.style.left = `${view.scale()(chosen.at)}px`;
    for (const [index, row] of rows.entries()) row.root.classList.toggle('chosen', index === chosen?.row);
  };
  // Several events before the next animation frame cause only one redraw.
  const ask = () => {
    if (frame === 0)
      frame = requestAnimationFrame(() => {
        frame = 0;
        draw();
      });
  };
  const view = createView(area, { seconds: timeline.seconds, waits }, ask);

  const place = (row: number, at: number): Pointed => {
    chosen = { row, at };
    const pointed = pointAt((rows[row] as ChartRow).lane, at, 0);
    status.textContent = describePointed(pointed).join('. ');
    ask();
    return pointed;
  };
  const choose = (row: number, at: number) => {
    notify(place(row, at), true);
    view.reveal(at);
    rows[row]?.root.scrollIntoView({ block: 'nearest' });
  };
  const leave = () => {
    chosen = undefined;
    tooltip.hide();
    notify(undefined, true);
    ask();
  };
  const pointedBy = (event: PointerEvent | MouseEvent): { row: number; at: number } | undefined => {
    const found = (event.target as Element).closest<HTMLElement>('.lane');
    const at = view.scale().invert(event.clientX - area.getBoundingClientRect().left);
    return found === null || event.clientX < area.getBoundingClientRect().left + left
      ? undefined
      : { row: Number(found.dataset.lane), at };
  };
  area.addEventListener('pointermove', (event) => {
    const found = pointedBy(event);
    if (found === undefined) return tooltip.hide();
    const pointed = pointAt((rows[found.row] as ChartRow).lane, found.at, reach(found.at));
    tooltip.show(describePointed(pointed), event.clientX, event.clientY);
    notify(pointed, false);
  });
  area.addEventListener('pointerleave', tooltip.hide);
  area.addEventListener('click', (event) => {
    const found = pointedBy(event);
    if (found !== undefined) choose(found.row, found.at);
  });
  listenToKeys(root, {
    step: (direction, each) => {
      const row = chosen?.row ?? 0;
      const at = nextMoment((rows[row] as ChartRow).lane, chosen?.at ?? -1, direction, each);
      if (at !== undefined) choose(row, at);
    },
    lane: (direction) =>
      choose(Math.max(0, Math.min(rows.length - 1, (chosen?.row ?? -1) + direction)), chosen?.at ?? 0),
    zoom: (factor) => (chosen === undefined ? view.zoomInPlace(factor) : view.zoomBy(factor, chosen.at)),
    all: view.showAll,
    leave,
  });
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const row = rows[Number((target as HTMLElement).dataset.lane)];
        if (row) row.visible = isIntersecting;
      }
      ask();
    },
    { rootMargin: '200px' },
  );
  for (const row of rows) watcher.observe(row.root);
  const layOut = (sheet?: number) => {
    paper = sheet;
    whole = true;
    const width = sheet ?? root.clientWidth;
    const narrow = width < 700;
    root.classList.toggle('narrow', narrow);
    left = narrow ? 0 : 200;
    view.resize(left, width - left - 10);
    if (sheet !== undefined) draw();
  };
  new ResizeObserver(() => layOut(paper)).observe(root);
  return {
    root,
    view,
    layOut,
    moveTo: (at) => choose(chosen?.row ?? 0, at),
    begin: (row, at) => notify(place(row, at), false),
  };
};

/** Creates the box with the details beside the pointer. */
const createTooltip = (
  root: HTMLElement,
): { show(lines: readonly string[], x: number, y: number): void; hide(): void } => {
  const box = element('div', 'tooltip');
  box.hidden = true;
  root.append(box);
  return {
    show: (lines, x, y) => {
      const [heading = '', ...rest] = lines;
      box.replaceChildren(
        element('strong', '', [heading]),
        ...rest.map((line) => element('div', '', [line])),
      );
      box.hidden = false;
      const { width, height } = box.getBoundingClientRect();
      box.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 8))}px`;
      box.style.top = `${y + 18 + height > innerHeight ? Math.max(4, y - height - 10) : y + 18}px`;
    },
    hide: () => {
      box.hidden = true;
    },
  };
};
