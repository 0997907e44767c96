// What a person has chosen on the map, kept in this browser alone. Where it keeps nothing, for this page.
const page = new Map();

export function recall(key) {
  try {
    return localStorage.getItem(`epo.map.${key}`) ?? page.get(key) ?? null;
  } catch { // storage may be forbidden
    return page.get(key) ?? null;
  }
}

export function remember(key, value) {
  page.set(key, value);
  try {
    localStorage.setItem(`epo.map.${key}`, value);
  } catch { /* then it holds for this page */ }
}

// Tells when something was chosen in another window.
export const onRemembered = (key, change) =>
  addEventListener('storage', (event) => { if (event.key === `epo.map.${key}`) change(); });
