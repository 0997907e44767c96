// Only with `epo serve --dev`: the page loads itself again when an agenda was saved, and shows over the page, with
// file and line, what is wrong with it while the version before goes on.
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

function show(faults) {
  document.querySelector('.devfaults')?.remove();
  if (faults.length === 0) return;
  const box = document.createElement('div'), list = document.createElement('ul');
  box.className = 'faults devfaults';
  box.setAttribute('role', 'alert');
  for (const { file, line, text } of faults) {
    const item = document.createElement('li');
    item.textContent = `${file}${line ? `:${line}` : ''} ${text}`;
    list.append(item);
  }
  box.append(list);
  document.body.append(box);
}

let known = '';
for (;;) {
  const asked = Date.now();
  try {
    const answer = await fetch(`/dev/changes?since=${known}`);
    const { stamp, faults } = await answer.json();
    if (known && stamp !== known && faults.length === 0) location.reload();
    if (stamp !== known) show(faults);
    else if (Date.now() - asked < 1000) await sleep(1000); // another page is waiting already
    known = stamp;
  } catch {
    await sleep(1000); // it is being started again
  }
}
