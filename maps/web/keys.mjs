// The keys of the map, in a window of their own. Loaded when it is asked for.
import { h } from './dom.mjs';
import { t } from './texts.mjs';

const ROWS = [
  [['←', '↑', '→', '↓'], 'keys_arrows'],
  [['Shift', '←'], 'keys_fine'],
  [['+', '−'], 'keys_zoom'],
  [['Home'], 'keys_home'],
  [['Enter'], 'keys_enter'],
  [['Enter', 'Enter'], 'keys_twice', 'drawn'],
  [['M'], 'keys_move'],
  [['Backspace'], 'keys_back'],
  [['Delete'], 'keys_delete'],
  [['Ctrl', 'Z'], 'keys_undo'],
  [['Ctrl', 'Y'], 'keys_redo'],
  [['N', 'P'], 'keys_next', 'several'],
  [['S'], 'keys_snap', 'drawn'],
  [['Esc'], 'keys_escape'],
  [['?'], 'keys_help'],
];

export function showKeys(drawn, several) {
  const has = { drawn, several }, back = document.activeElement;
  const dialog = h('dialog', { class: 'keys', 'aria-labelledby': 'keys-title' },
    h('h2', { id: 'keys-title', class: 'keys__title' }, t('keys_title')),
    h('p', { class: 'hint' }, t('keys_intro')),
    h('dl', { class: 'keys__list' }, ROWS.filter(([, , needs]) => !needs || has[needs]).map(([keys, text]) =>
      h('div', {}, h('dt', {}, keys.flatMap((key, i) => (i > 0 ? [' ', h('kbd', {}, key)] : [h('kbd', {}, key)]))), h('dd', {}, t(text))))),
    h('form', { method: 'dialog' }, h('button', { class: 'button', type: 'submit' }, t('close'))));
  dialog.addEventListener('close', () => {
    dialog.remove();
    back?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
