// Colours of the base map: pale, so that what the citizen puts on it stands out. Which set is used follows the
// device, unless the person has chosen one on the map: that is kept in this browser alone.
import { onRemembered, recall, remember } from './remember.mjs';
import sets from './palette.json';

export const SCHEMES = ['auto', 'light', 'dark', 'contrast'];

// High contrast: lines and letters only, in the colours that the person has set up for the whole computer.
function forced() {
  const probe = document.createElement('span');
  probe.className = 'palette-probe';
  document.body.append(probe);
  const read = (name) => {
    probe.className = `palette-probe palette-probe--${name}`;
    return getComputedStyle(probe).color;
  };
  const text = read('text'), ground = read('ground'), strong = read('strong');
  probe.remove();
  const inked = /Edge$|Text$|Line$|^(district|parcel|path|track|rail|tram|text|strong|number|culture|health|learning|public_service|leisure|industry|transport)$/;
  const all = Object.fromEntries(Object.keys(sets.contrast).map((key) => [key, inked.test(key) ? text : ground]));
  return { ...all, halo: ground, haloWidth: 4.5, larger: 1.5, districtGlow: 'transparent', symbolEdge: ground, mark: strong, other: strong, markFill: 'rgba(128,128,128,.3)' };
}

const queries = { forced: '(forced-colors: active)', contrast: '(prefers-contrast: more)', dark: '(prefers-color-scheme: dark)' };
const device = Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, matchMedia(query)]));
const listeners = new Set();
const tell = () => { for (const listener of listeners) listener(); };
for (const query of Object.values(device)) query.addEventListener('change', tell);
onRemembered('scheme', tell);

export function scheme() {
  const chosen = recall('scheme');
  return SCHEMES.includes(chosen) ? chosen : 'auto';
}

export function choose(name) {
  remember('scheme', name);
  tell();
}

export function palette() {
  const chosen = scheme(), dark = device.dark.matches;
  if (chosen === 'contrast') return sets[dark ? 'contrast_dark' : 'contrast'];
  if (chosen !== 'auto') return sets[chosen];
  if (device.forced.matches) return forced();
  if (device.contrast.matches) return sets[dark ? 'contrast_dark' : 'contrast'];
  return sets[dark ? 'dark' : 'light'];
}

// Tells when the device or the person changes the scheme.
export const onScheme = (change) => { listeners.add(change); };
