// Once a place is picked: what was reported near it already. The page of that place is asked for and its part taken,
// so that with and without scripts people read the same.
function middle(value) {
  const points = [];
  const collect = (part) => {
    if (typeof part?.[0] === 'number') points.push(part);
    else part?.forEach?.(collect);
  };
  const geometry = (one) => (one?.type === 'FeatureCollection' ? one.features.forEach(geometry) : one?.type === 'Feature' ? geometry(one.geometry) : collect(one?.coordinates));
  geometry(value);
  if (points.length === 0) return null;
  const mean = (i) => points.reduce((sum, point) => sum + point[i], 0) / points.length;
  return [mean(0), mean(1)];
}

export function lookNear(form) {
  const field = form.dataset.near && form.elements[form.dataset.near];
  const picker = field && form.querySelector(`[data-field="${form.dataset.near}"]`);
  if (!picker) return;
  const box = document.createElement('div');
  box.setAttribute('role', 'status');
  picker.after(box);
  let asked = '';
  const look = async () => {
    let place;
    try {
      place = middle(JSON.parse(form.elements[form.dataset.near].value));
    } catch { /* no place yet */ }
    const address = place ? `/nearby/${form.dataset.agenda}?place=${place.map((each) => each.toFixed(6)).join(',')}` : '';
    if (address === asked) return;
    asked = address;
    if (!address) return box.replaceChildren();
    try {
      const answer = await fetch(address);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (asked === address) box.replaceChildren(...page.querySelectorAll('.near'));
    } catch { /* the review says it again */ }
  };
  form.addEventListener('change', ({ target }) => { if (target.name === form.dataset.near) look(); });
  look();
}
