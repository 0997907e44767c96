// The page of a form on paper: a chosen file is read by the portal, its codes are put where a hand scanner types
// them. Photographs are made smaller first; a page at 200 dpi is 2400 pixels high.
import texts from 'texts:script';

const words = texts[document.documentElement.lang] ?? texts.cs;
const LONGER_SIDE = 3000;
const BODY_BYTES = 1000000; // of a request that is no form with files

async function smaller(file) {
  if (!file.type.startsWith('image/') || file.size < 700000) return file;
  try {
    const picture = await createImageBitmap(file), scale = Math.min(1, LONGER_SIDE / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
  } catch {
    return file; // as it is: the portal says what is wrong with it
  }
}

/** Waits for files; those that hold codes open the form at once. */
export function readPapers(form) {
  const box = form.querySelector('[data-scan-file]'), input = box.querySelector('input'), codes = form.elements.codes;
  const status = box.querySelector('[data-scan-status]');
  input.addEventListener('change', async () => {
    const file = input.files[0];
    if (!file) return;
    status.textContent = words['scan.reading'];
    const sent = await smaller(file);
    if (sent.size > BODY_BYTES) { // as a page without scripts would
      form.requestSubmit();
      return;
    }
    try {
      const answer = await fetch('/office/scan/read', { method: 'POST', body: sent, headers: { accept: 'application/json' } });
      const { text, code } = await answer.json();
      if (!answer.ok) status.textContent = words[code === 'codes.kind' ? 'scan.kind' : answer.status === 413 ? 'scan.large' : 'scan.later'];
      else if (!text) status.textContent = words['scan.none'];
      else {
        codes.value = text;
        form.requestSubmit();
      }
    } catch {
      status.textContent = words['scan.later'];
    }
    input.value = '';
  });
}
