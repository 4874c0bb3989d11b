import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';
import type { Window } from './pieces.ts';
import { shortenedAxis, type Wait } from './queue.ts';

/** The shortest visible window (s). The times of events have a resolution of milliseconds. */
const finest = 0.02;

/** The time window that a chart shows. The reader moves it by dragging, pinching, Ctrl and wheel, or keys. */
export type View = {
  window(): Window;
  /**
   * The scale from moments (s) to px. The start of the window is at `start`, by default at the left edge of the
   * picture.
   */
  scale(start?: number): ScaleLinear<number, number>;
  /** Sets the place of the picture, in px from the left edge of the chart. */
  resize(left: number, width: number): void;
  zoomBy(factor: number, at: number): void;
  /** Zooms around the middle of the window. */
  zoomInPlace(factor: number): void;
  show(from: number, to: number): void;
  /** Moves the window so that it contains a moment. */
  reveal(at: number): void;
  showAll(): void;
};

/** Makes an element zoomable. It shows `seconds` of time; the waits in `waits` are drawn shorter. */
export const createView = (
  area: HTMLElement,
  { seconds, waits }: { seconds: number; waits: readonly Wait[] },
  onChange: () => void,
): View => {
  const base = shortenedAxis(seconds, waits);
  const places = base.range();
  const length = places.at(-1) || 1;
  let transform: ZoomTransform = zoomIdentity;
  let [left, width] = [0, 1];
  const behavior: ZoomBehavior<HTMLElement, unknown> = zoom<HTMLElement, unknown>()
    // Without Ctrl or Cmd, the wheel scrolls the page, even over the picture.
    .filter((event: MouseEvent) =>
      event.type === 'wheel'
        ? event.ctrlKey || event.metaKey
        : event.button === 0 || event.button === undefined,
    )
    .extent(() => [
      [left, 0],
      [left + width, 1],
    ])
    .on('zoom', (event: { transform: ZoomTransform }) => {
      transform = event.transform;
      onChange();
    });
  const selection = select(area).call(behavior);
  const place = () => base.range(places.map((each) => left + (width * each) / length));
  const bounds = (): [number, number] => [
    base.invert(transform.invertX(left)),
    base.invert(transform.invertX(left + width)),
  ];
  /** Shows the part between two places (px) of the whole picture. */
  const showPlaces = (from: number, to: number): void => {
    const span = Math.min(width, Math.max((width * finest) / length, to - from));
    const start = Math.max(left, Math.min(from, left + width - span));
    const factor = width / span;
    selection.call(behavior.transform, zoomIdentity.translate(left - factor * start, 0).scale(factor));
  };
  const scale = (start = left): ScaleLinear<number, number> => {
    const [from, to] = bounds();
    const moments = [from, ...base.domain().filter((each) => each > from && each < to), to];
    return scaleLinear(
      moments,
      moments.map((each) => transform.applyX(base(each)) - left + start),
    );
  };
  place();
  const view: View = {
    scale,
    window: () => {
      const [from, to] = bounds();
      return { from, to, width, toX: scale(0) };
    },
    resize: (nextLeft, nextWidth) => {
      const [from, to] = bounds();
      [left, width] = [nextLeft, Math.max(1, nextWidth)];
      place();
      behavior.scaleExtent([1, Math.max(1, length / finest)]).translateExtent([
        [left, 0],
        [left + width, 1],
      ]);
      view.show(from, to);
    },
    zoomBy: (factor, at) => selection.call(behavior.scaleBy, factor, [scale()(at), 0]),
    zoomInPlace: (factor) => selection.call(behavior.scaleBy, factor),
    show: (from, to) => showPlaces(base(from), base(to)),
    reveal: (at) => {
      const [from, to] = bounds();
      const half = width / transform.k / 2;
      if (at < from || at > to) showPlaces(base(at) - half, base(at) + half);
    },
    showAll: () => selection.call(behavior.transform, zoomIdentity),
  };
  return view;
};
