import { makeButton, makeElement } from './element.ts';

const open = (className: string, children: Node[], buttons: (close: () => void) => Node[]): void => {
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
  open(
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

/** A field of a form: its name, its label, and its initial value. */
type FormField = { name: string; label: string; value: string; disabled?: boolean };

/** Shows a form with text fields. Calls onOk with the values by field name. */
export const formDialog = (
  title: string,
  fields: FormField[],
  onOk: (values: Record<string, string>) => void,
): void => {
  const inputs = fields.map(({ name, label, value, disabled = false }) => {
    const input = makeElement('input', 'ant-input');
    Object.assign(input, { id: name, value, disabled });
    const caption = makeElement('label', '', [label]);
    caption.htmlFor = name;
    return { name, input, row: makeElement('div', 'ant-form-item', [caption, input]) };
  });
  open(
    'ant-modal-form',
    [makeElement('div', 'ant-modal-title', [title]), ...inputs.map(({ row }) => row)],
    (close) => [
      makeButton('ant-btn', 'Cancel', close),
      makeButton('ant-btn ant-btn-primary', 'OK', () => {
        close();
        onOk(Object.fromEntries(inputs.map(({ name, input }) => [name, input.value.trim()])));
      }),
    ],
  );
};

/** Shows a backup's URL to copy. */
export const urlDialog = (url: string): void => {
  const input = makeElement('input', 'ant-input');
  input.value = url;
  open('ant-modal-confirm-info', [makeElement('h3', '', ['Backup URL']), input], (close) => [
    makeButton('ant-btn ant-btn-primary', 'OK', close),
  ]);
};

const messageTime = 5_000;

/** Shows an error at the top of the page for 5 s. */
export const showError = (text: string): void => {
  const shown = makeElement('div', 'ant-message-notice ant-message-error', [text]);
  document.body.append(shown);
  setTimeout(() => shown.remove(), messageTime);
};
