import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { select } from 'd3-selection';
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';
import type { Window } from './pieces.ts';

/** Finer than this (s) nothing is told apart: events arrive with milliseconds. */
const finest = 0.02;

/**
 * The window of time that a chart shows: moved by dragging, by pinching, by Ctrl and the wheel, and by its
 * keys.
 */
export type View = {
  window(): Window;
  scale(): ScaleLinear<number, number>;
  /** Takes over the place that there is for the picture, in px from the left edge of the chart. */
  resize(left: number, width: number): void;
  zoomBy(factor: number, at: number): void;
  show(from: number, to: number): void;
  /** Moves the window so that a moment is in it. */
  reveal(at: number): void;
  showAll(): void;
};

/** Starts the zooming of an element over a time of `seconds`. */
export const createView = (area: HTMLElement, seconds: number, onChange: () => void): View => {
  const base = scaleLinear().domain([0, seconds]);
  let transform: ZoomTransform = zoomIdentity;
  let [left, width] = [0, 1];
  const behavior: ZoomBehavior<HTMLElement, unknown> = zoom<HTMLElement, unknown>()
    // Without a key, the wheel scrolls the page: the picture is in its way.
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
  const scale = () => transform.rescaleX(base);
  const view: View = {
    scale,
    window: () => {
      const [from = 0, to = seconds] = scale().domain();
      return { from, to, width };
    },
    resize: (nextLeft, nextWidth) => {
      const { from, to } = view.window();
      [left, width] = [nextLeft, Math.max(1, nextWidth)];
      base.range([left, left + width]);
      behavior.scaleExtent([1, Math.max(1, seconds / finest)]).translateExtent([
        [left, 0],
        [left + width, 1],
      ]);
      view.show(from, to);
    },
    zoomBy: (factor, at) => selection.call(behavior.scaleBy, factor, [scale()(at), 0]),
    show: (from, to) => {
      const span = Math.max(finest, to - from);
      const factor = seconds / span;
      const start = Math.max(0, Math.min(from, seconds - span));
      selection.call(
        behavior.transform,
        zoomIdentity.translate(left - factor * base(start), 0).scale(factor),
      );
    },
    reveal: (at) => {
      const { from, to } = view.window();
      if (at < from || at > to) view.show(at - (to - from) / 2, at + (to - from) / 2);
    },
    showAll: () => selection.call(behavior.transform, zoomIdentity),
  };
  return view;
};
