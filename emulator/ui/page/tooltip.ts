import { element } from './element.ts';

let shown: { target: HTMLElement; tooltip: HTMLElement } | undefined;

const hide = (): void => {
  shown?.tooltip.remove();
  shown = undefined;
};

/** Shows a text beside an element while the pointer is on it, where Longhorn's UI has its tooltips: at the end of the body. */
export const withTooltip = (target: HTMLElement, text: string): HTMLElement => {
  if (!text) return target;
  target.addEventListener('mouseenter', () => {
    hide();
    const { left, bottom } = target.getBoundingClientRect();
    const inner = element('div', 'ant-tooltip-inner', [text]);
    inner.role = 'tooltip';
    const tooltip = element('div', 'ant-tooltip', [element('div', 'ant-tooltip-content', [inner])]);
    tooltip.style.left = `${left}px`;
    tooltip.style.top = `${bottom}px`;
    document.body.append(tooltip);
    shown = { target, tooltip };
  });
  target.addEventListener('mouseleave', hide);
  return target;
};

/** Hides the tooltip of an element that is no more on the page: the pointer never leaves it. */
export const hideStaleTooltip = (): void => {
  if (shown && !shown.target.isConnected) hide();
};
