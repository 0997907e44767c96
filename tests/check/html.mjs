// HTML lives in templates, where escaping is the default; `raw` only in the host's own, and listed here.
import { files, code, read, fault, finish } from './files.mjs';

for (const file of files('core/**/*.c', 'core/*.c', 'forms/*.c', 'maps/**/*.c', 'plugins/**/*.c', 'lua/**/*.c', 'lua/**/*.lua')) {
  (file.endsWith('.lua') ? read(file) : code(file)).split('\n').forEach((text, i) => {
    if (/["'][^"']*<\/?(div|span|p|a|b|h[1-6]|ul|ol|li|table|tr|td|th|form|input|button|script|style|html|body|head|label|section|img|br)\b[ >/]/i.test(text))
      fault(file, i + 1, 'HTML in code: it belongs in a template');
  });
}
for (const file of files('core/web/**/*.html', 'forms/web/*.html', 'plugins/**/*.html', 'lua/**/*.html')) {
  read(file).split('\n').forEach((text, i) => {
    const m = text.match(/\{\{raw ([^}]*)\}\}/);
    if (m && m[1].trim() !== 'content') fault(file, i + 1, `{{raw ${m[1]}}}: only {{raw content}} of a layout is allowed`);
    if (/<[^>]*\son[a-z]+\s*=/i.test(text) || /<[^>]*\sstyle\s*=/i.test(text)) fault(file, i + 1, 'inline script or style: the CSP forbids it');
    if (/<script(?![^>]*\ssrc=)(?! type="application\/ld\+json">)[^>]*>/i.test(text)) fault(file, i + 1, 'inline script: the CSP forbids it (but a data block of JSON-LD)');
  });
}
finish();
