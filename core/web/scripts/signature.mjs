// A signature drawn with a finger, a pen or a mouse, sent as a picture. The sentence with the typed name stays for who
// cannot draw.
import texts from 'texts:files';
import { row, send } from './attachments.mjs';

const say = (text) => (texts[document.documentElement.lang] ?? texts.cs)[text];
const button = (text, plain) => Object.assign(document.createElement('button'), { type: 'button', className: `button button--small${plain ? ' button--plain' : ''}`, textContent: text });

function pad(box) {
  const place = box.querySelector('[data-pad]'), list = box.querySelector('ul'), said = box.querySelector('[data-said]');
  const canvas = Object.assign(document.createElement('canvas'), { width: 1000, height: 340, className: 'signature__pad' });
  const keep = button(say('sign')), clear = button(say('sign_clear'), true), brush = canvas.getContext('2d');
  let drawn = false;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', say('sign_here'));
  place.append(canvas, keep, ' ', clear);
  place.hidden = list.children.length > 0;
  Object.assign(brush, { lineWidth: 5, lineCap: 'round', lineJoin: 'round', strokeStyle: '#00206b' });
  const at = (event) => {
    const edge = canvas.getBoundingClientRect();
    return [(event.clientX - edge.left) * canvas.width / edge.width, (event.clientY - edge.top) * canvas.height / edge.height];
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
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
  keep.addEventListener('click', async () => {
    if (!drawn) {
      said.textContent = say('sign_here');
      return;
    }
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    const answer = await send(new File([blob], 'podpis.png', { type: 'image/png' }));
    said.textContent = answer.wrong ?? say('signed');
    if (answer.wrong) return;
    list.replaceChildren(row(box.dataset.name, answer.reference, say('signed')));
    place.hidden = true;
  });
  list.addEventListener('click', (event) => {
    const remove = event.target.closest('button');
    if (!remove) return;
    event.preventDefault();
    remove.closest('li').remove();
    wipe();
    place.hidden = false;
  });
}

export function sign(form) {
  for (const box of form.querySelectorAll('[data-signature]')) pad(box);
}
