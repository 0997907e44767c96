// A signature drawn with a finger, a pen or a mouse, sent as a picture. The sentence with the typed name stays for who
// cannot draw.
import texts from 'texts:files';
import { row, send } from './attachments.mjs';

const say = (text) => (texts[document.documentElement.lang] ?? texts.cs)[text];
const button = (text, plain) => Object.assign(document.createElement('button'), { type: 'button', className: `button button--small${plain ? ' button--plain' : ''}`, textContent: text });

function pad(box) {
  const place = box.querySelector('[data-pad]'), list = box.querySelector('ul'), said = box.querySelector('[data-said]');
  const canvas = Object.assign(document.createElement('canvas'), { width: 1000, height: 400, className: 'signature__pad' });
  const keep = button(say('sign')), clear = button(say('sign_clear'), true), brush = canvas.getContext('2d');
  const form = box.closest('form');
  let drawn = false, sending = false;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', say('sign_here'));
  place.append(Object.assign(document.createElement('p'), { className: 'hint', textContent: say('sign_here') }), canvas, keep, ' ', clear);
  place.hidden = list.children.length > 0;
  Object.assign(brush, { lineWidth: 5, lineCap: 'round', lineJoin: 'round', strokeStyle: '#00206b' });
  const at = (event) => {
    const edge = canvas.getBoundingClientRect();
    return [(event.clientX - edge.left) * canvas.width / edge.width, (event.clientY - edge.top) * canvas.height / edge.height];
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    said.textContent = '';
    brush.beginPath();
    brush.moveTo(...at(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    brush.lineTo(...at(event));
    brush.stroke();
    drawn = true;
  });
  const wipe = () => {
    brush.clearRect(0, 0, canvas.width, canvas.height);
    drawn = false;
  };
  clear.addEventListener('click', wipe);
  const changed = () => box.dispatchEvent(new Event('change', { bubbles: true }));
  async function use() {
    if (!drawn) {
      said.textContent = say('sign_here');
      return false;
    }
    if (sending) return false;
    sending = true;
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    const answer = await send(new File([blob], 'podpis.png', { type: 'image/png' }));
    sending = false;
    said.textContent = answer.wrong ?? say('signed');
    if (answer.wrong) return false;
    list.replaceChildren(row(box.dataset.name, answer.reference, say('signed')));
    drawn = false;
    place.hidden = true;
    changed();
    return true;
  }
  keep.addEventListener('click', async () => {
    if (await use()) list.querySelector('button').focus(); // the pad with the button is gone
  });
  // Who has signed and goes on has meant it, also without the button.
  form.addEventListener('submit', async (event) => {
    if (!drawn || !box.isConnected) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await use()) form.requestSubmit(event.submitter);
    else canvas.scrollIntoView({ block: 'center' });
  });
  list.addEventListener('click', (event) => {
    const remove = event.target.closest('button');
    if (!remove) return;
    event.preventDefault();
    remove.closest('li').remove();
    wipe();
    said.textContent = '';
    place.hidden = false;
    keep.focus();
    changed();
  });
}

/** Pads for the signatures of a form, or of an item added to one. */
export function sign(part) {
  for (const box of part.querySelectorAll('[data-signature]')) pad(box);
}
