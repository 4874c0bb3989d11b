import { element } from '../element.ts';

/** Makes the box beside the pointer. */
export const createTooltip = (root: HTMLElement): { show(lines: readonly string[], x: number, y: number): void; hide(): void } => {
  const box = element('div', 'tooltip');
  box.hidden = true;
  root.append(box);
  return {
    show: (lines, x, y) => {
      const [heading = '', ...rest] = lines;
      box.replaceChildren(element('strong', '', [heading]), ...rest.map((line) => element('div', '', [line])));
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
