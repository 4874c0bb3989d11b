import type { Cell } from './cell.ts';
import { makeButton, makeElement } from './element.ts';
import { type SelectField, selectBox } from './select.ts';

/** Shows a dialog with these buttons. */
export const openDialog = (
  className: string,
  children: Node[],
  buttons: (close: () => void) => Node[],
): void => {
  const close = (): void => wrap.remove();
  const body = [...children, makeElement('div', 'ant-modal-confirm-btns', buttons(close))];
  const modal = makeElement('div', `ant-modal ant-modal-confirm ${className}`, [
    makeElement('div', 'ant-modal-content', body),
  ]);
  modal.role = 'document';
  const wrap = makeElement('div', 'ant-modal-wrap', [modal]);
  wrap.role = 'dialog';
  document.body.append(wrap);
};

/** Shows a question with Cancel and OK. */
export const confirmDialog = (
  { title, content, ok = 'OK' }: { title: string; content: string; ok?: string },
  onOk: () => void,
): void =>
  openDialog(
    'ant-modal-confirm-confirm',
    [
      makeElement('span', 'ant-modal-confirm-title', [title]),
      makeElement('div', 'ant-modal-confirm-content', [content]),
    ],
    (close) => [
      makeButton('ant-btn', 'Cancel', close),
      makeButton('ant-btn ant-btn-primary', ok, () => {
        close();
        onOk();
      }),
    ],
  );

/**
 * A field of a form: its name, its label, and its initial value, with which nothing is chosen from several options if
 * it is empty.
 */
type FormField = {
  name: string;
  label: string;
  value: string;
  disabled?: boolean;
  /** For a list of options. A field without it is a text, or a box. */
  select?: SelectField;
  isBox?: boolean;
  /** Puts its row into a part of the form. */
  wrap?: (row: HTMLElement) => HTMLElement;
};

/** What was entered in a form, by field name: a text, the options chosen from several, or whether a box is checked. */
export type FormValues = Record<string, string | boolean | string[]>;

/** A row of a form, and what is entered there. */
export const formRow = ({
  name,
  label,
  value,
  disabled = false,
  select,
  isBox,
  wrap = (row) => row,
}: FormField) => {
  const caption = makeElement('label', '', [label]);
  caption.htmlFor = name;
  if (select) {
    const { root, chosen } = selectBox(select, value === '' ? [] : [value]);
    root.id = name;
    const row = makeElement('div', 'ant-form-item', [caption, root]);
    return { name, row: wrap(row), read: () => (select.several ? chosen : (chosen[0] ?? '')) };
  }
  const input = makeElement('input', 'ant-input');
  Object.assign(input, { id: name, value, disabled, type: isBox ? 'checkbox' : 'text' });
  const row = makeElement('div', 'ant-form-item', [caption, input]);
  return { name, row: wrap(row), read: () => (isBox ? input.checked : input.value.trim()) };
};

/** Shows a form. Calls onOk with what was entered. `more` comes before its fields. */
export const formDialog = (
  title: string,
  fields: FormField[],
  onOk: (values: FormValues) => void,
  more: Node[] = [],
): void => {
  const rows = fields.map(formRow);
  openDialog(
    'ant-modal-form',
    [makeElement('div', 'ant-modal-title', [title]), ...more, ...rows.map(({ row }) => row)],
    (close) => [
      makeButton('ant-btn', 'Cancel', close),
      makeButton('ant-btn ant-btn-primary', 'OK', () => {
        close();
        onOk(Object.fromEntries(rows.map(({ name, read }) => [name, read()])));
      }),
    ],
  );
};

/** Shows a backup's URL to copy. */
export const urlDialog = (url: string): void => {
  const input = makeElement('input', 'ant-input');
  input.value = url;
  openDialog('ant-modal-confirm-info', [makeElement('h3', '', ['Backup URL']), input], (close) => [
    makeButton('ant-btn ant-btn-primary', 'OK', close),
  ]);
};

/** Shows pairs of texts: with a heading as a table, otherwise as lines below a title. */
export const pairsDialog = ({ title, heading, pairs }: NonNullable<Cell['popUp']>): void => {
  const lines = pairs.map(([name, value]) =>
    heading === undefined
      ? makeElement('div', '', [' ', makeElement('b', '', [name]), ` : ${value}`])
      : makeElement('tr', 'ant-descriptions-row', [
          makeElement('th', 'ant-descriptions-item-label', [name]),
          makeElement('td', 'ant-descriptions-item-content', [value]),
        ]),
  );
  const content =
    heading === undefined
      ? [makeElement('div', 'ant-modal-title', [title ?? '']), ...lines]
      : [makeElement('div', 'ant-descriptions-title', [heading]), makeElement('table', '', lines)];
  openDialog('ant-modal-pairs', content, (close) => [makeButton('ant-btn', 'OK', close)]);
};

const messageTime = 5_000;

/** Shows an error at the top of the page for 5 s. */
export const showError = (text: string): void => {
  const shown = makeElement('div', 'ant-message-notice ant-message-error', [text]);
  document.body.append(shown);
  setTimeout(() => shown.remove(), messageTime);
};
