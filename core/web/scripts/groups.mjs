// Items of repeated groups are added and taken away in place; without this the server does the same.

// Every attribute that names the item: "dogs.~" of the blank one, or its number so far.
function renumber(item, group, before, after) {
  const from = `${group}.${before}`;
  const to = `${group}.${after}`;
  for (const each of [item, ...item.querySelectorAll('*')]) {
    for (const attribute of each.attributes) {
      const at = attribute.value.indexOf(from);
      if (at < 0 || /\d/.test(attribute.value[at + from.length] ?? '')) continue;
      attribute.value = attribute.value.replaceAll(from, to);
    }
  }
  for (const number of item.querySelectorAll('[data-number]')) number.textContent = after + 1;
  item.querySelector('[name="_action"][value^="group:"]').value = `group:${group}:remove-${after + 1}`;
}

const itemsOf = (box) => [...box.querySelectorAll(':scope > [data-item]')];

function settle(box) {
  const items = itemsOf(box);
  for (const item of items) item.querySelector('.repeat__remove').hidden = items.length <= Number(box.dataset.min);
  const add = box.querySelector(':scope > .repeat__add');
  add.hidden = items.length >= Number(box.dataset.max);
  add.querySelector('button').setAttribute('formaction', `${box.closest('form').getAttribute('action')}#group-${box.dataset.group}.${items.length}`);
  box.dispatchEvent(new Event('change', { bubbles: true })); // conditions may speak of the items
}

function add(box, dress) {
  const count = itemsOf(box).length;
  const item = box.querySelector(':scope > template').content.firstElementChild.cloneNode(true);
  renumber(item, box.dataset.group, '~', count);
  box.querySelector(':scope > template').before(item);
  dress(item);
  settle(box);
  item.focus();
}

function remove(box, item) {
  const items = itemsOf(box);
  const at = items.indexOf(item);
  item.remove();
  items.slice(at + 1).forEach((each, i) => renumber(each, box.dataset.group, at + i + 1, at + i));
  settle(box);
  (items[at + 1] ?? items[at - 1] ?? box).focus();
}

/** dress: gives an added item its scripts. */
export function grow(form, dress) {
  form.addEventListener('click', (event) => {
    const button = event.target.closest('button[name="_action"][value^="group:"]');
    const box = button?.closest('[data-group]');
    if (!box) return;
    event.preventDefault();
    const item = button.closest('[data-item]');
    if (item) remove(box, item);
    else add(box, dress);
  });
}
