/** The actions of a chart's keys. */
type Actions = {
  step(direction: 1 | -1, each: 'bars' | 'events'): void;
  lane(direction: 1 | -1): void;
  zoom(factor: number): void;
  all(): void;
  leave(): void;
};

/** The keys of a chart and their effects, for the help dialog. */
export const keysHelp: [keys: string, does: string][] = [
  ['← →', 'the state before or after'],
  ['Shift ← →', 'the single event before or after'],
  ['↑ ↓', 'the lane above or below'],
  ['+ −', 'zoom in and out at the chosen moment'],
  ['Home', 'show the whole time'],
  ['Escape', 'choose nothing'],
  ['Tab', 'to the next part of the page'],
  ['?', 'this help'],
];

export const listenToKeys = (root: HTMLElement, actions: Actions): void => {
  root.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const each = event.shiftKey ? 'events' : 'bars';
    const byKey: Record<string, () => void> = {
      ArrowLeft: () => actions.step(-1, each),
      ArrowRight: () => actions.step(1, each),
      ArrowUp: () => actions.lane(-1),
      ArrowDown: () => actions.lane(1),
      '+': () => actions.zoom(1.6),
      '=': () => actions.zoom(1.6),
      '-': () => actions.zoom(1 / 1.6),
      Home: actions.all,
      Escape: actions.leave,
    };
    const action = byKey[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
};
