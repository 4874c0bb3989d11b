import { keysHelp } from './chart/keys.ts';
import { button, element } from './element.ts';

const themes = ['auto', 'light', 'dark'] as const;

/** The switch between light, dark and what the system says. */
export const themeButton = (): HTMLElement => {
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

/** The help, which `?` shows anywhere on the page. */
export const createHelp = (): HTMLDialogElement => {
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
    if (event.key !== '?' || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
  });
  return dialog;
};
