// Texts of the map in the language of the page.
import all from 'texts:map';

export const lang = document.documentElement.lang === 'en' ? 'en' : 'cs';
const texts = all[lang];

export function t(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const locale = lang === 'cs' ? 'cs-CZ' : 'en-GB';
export const number = (value, digits = 0) =>
  value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
