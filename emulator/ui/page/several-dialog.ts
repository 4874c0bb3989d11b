import { formRow, openDialog } from './dialog.ts';
import { makeButton, makeElement } from './element.ts';

/** Shows a form with a part for each volume. Calls onOk with the name and the number of replicas of each. */
export const severalDialog = (
  title: string,
  tabs: readonly string[],
  onOk: (values: { name: string; numberOfReplicas: number }[]) => void,
): void => {
  const forms = tabs.map((name) => [
    formRow({ name: 'name', label: 'Volume Name', value: name }),
    formRow({ name: 'numberOfReplicas', label: 'Number of Replicas', value: '3' }),
  ]);
  const shown = makeElement('form', 'ant-form');
  const show = (index: number): void => shown.replaceChildren(...(forms[index] ?? []).map(({ row }) => row));
  const bar = tabs.map((name, index) => {
    const tab = makeElement('div', 'ant-tabs-tab', [name]);
    tab.role = 'tab';
    tab.addEventListener('click', () => show(index));
    return tab;
  });
  show(0);
  const content = [
    makeElement('div', 'ant-modal-title', [title]),
    makeElement('div', 'ant-tabs', bar),
    shown,
  ];
  openDialog('ant-modal-form', content, (close) => [
    makeButton('ant-btn', 'Cancel', close),
    makeButton('ant-btn ant-btn-primary', 'Ok', () => {
      close();
      onOk(
        forms.map(([name, replicas]) => ({
          name: String(name?.read()),
          numberOfReplicas: Number(replicas?.read()),
        })),
      );
    }),
  ]);
};
