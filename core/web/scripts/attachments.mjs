// Files are sent as soon as they are chosen, photos made smaller first; what stays in the form is a reference. Without
// this the form posts the files itself.
import texts from 'texts:files';

const say = (text, values = {}) => (texts[document.documentElement.lang] ?? texts.cs)[text].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
const SIDE = 2560, SMALL = 700_000; // a page of text photographed with that side can be read

/** A photo of at most SIDE points a side; anything that cannot be drawn here goes as it is. */
async function shrink(file) {
  if (!/^image\/(jpeg|png)$/.test(file.type) || file.size < SMALL) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const brush = canvas.getContext('2d');
    brush.fillStyle = '#fff'; // JPEG knows no transparency
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' }) : file;
  } catch {
    return file;
  }
}

/** Sends one file; gives the answer of the API or what is wrong as a text. */
export function send(file, onProgress = () => {}) {
  return new Promise((done) => {
    const body = new FormData(), request = new XMLHttpRequest();
    body.set('file', file, file.name);
    request.open('POST', `/api/v1/attachments?lang=${document.documentElement.lang}`);
    request.responseType = 'json';
    request.upload.onprogress = (event) => onProgress(event.loaded / event.total);
    request.onload = () => done(request.status === 201 ? request.response : { wrong: request.response?.detail ?? say('failed', { name: file.name }) });
    request.onerror = () => done({ wrong: say('failed', { name: file.name }) });
    request.send(body);
  });
}

/** A row of the list: the reference to be posted, the name, and a button that takes it out again. */
export function row(name, reference, label) {
  const item = document.createElement('li'), input = document.createElement('input'), title = document.createElement('span'), button = document.createElement('button');
  item.className = 'files__one';
  Object.assign(input, { type: 'hidden', name, value: reference });
  title.className = 'files__name';
  title.textContent = label;
  button.type = 'button';
  button.className = 'as-link';
  button.textContent = say('remove');
  button.setAttribute('aria-label', `${say('remove')} – ${label}`);
  item.append(input, title, button);
  return item;
}

function watch(box) {
  const input = box.querySelector('input[type="file"]'), list = box.querySelector('ul'), said = box.querySelector('[data-said]');
  const bar = document.createElement('progress');
  bar.className = 'files__bar';
  bar.hidden = true;
  bar.max = 1;
  said.before(bar);
  box.querySelector('button[value="upload"]').hidden = true;
  const changed = () => box.dispatchEvent(new Event('change', { bubbles: true }));
  list.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    event.preventDefault();
    said.textContent = say('removed', { name: button.closest('li').querySelector('.files__name').textContent.trim() });
    button.closest('li').remove();
    input.focus();
    changed();
  });
  input.addEventListener('change', async () => {
    const files = [...input.files], wrong = [];
    input.value = ''; // sent already: the form does not send it once more
    for (const file of files) {
      if (list.children.length >= Number(box.dataset.max)) {
        wrong.push(say('most', { count: box.dataset.max }));
        break;
      }
      said.textContent = say('sending', { name: file.name });
      bar.hidden = false;
      const answer = await send(await shrink(file), (part) => { bar.value = part; });
      bar.hidden = true;
      if (answer.wrong) wrong.push(answer.wrong);
      else list.append(row(input.name, answer.reference, answer.name));
    }
    said.textContent = wrong.length ? wrong.join(' ') : say('sent', { count: list.children.length });
    changed();
  });
}

/** The files of a form, or of an item added to one. */
export function attach(part) {
  for (const box of part.querySelectorAll('[data-files]')) watch(box);
}
