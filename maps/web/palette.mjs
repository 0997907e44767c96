// Colours of the base map: pale, so that what the citizen puts on it stands out. One set for each scheme.

const light = {
  ground: '#f3f1ea', residential: '#f1ede6', outside: '#e4e4e0', district: '#8b7fa6', water: '#b4d4ea', waterLine: '#8fbcd9', waterText: '#2f6288',
  park: '#cfe5c0', wood: '#c3dcb4', meadow: '#e3ecd1', field: '#f0eedd', scrub: '#d8e4c4', allotments: '#dfe8c9', cemetery: '#d5ddc9', pitch: '#c9e3c8', industrial: '#e8e4e3',
  space: '#f7f3ee', spaceEdge: '#d8cdbd', building: '#dcd3c8', buildingEdge: '#bfb3a4', parcel: '#b9aa97',
  major: '#fbd894', majorEdge: '#cda455', secondary: '#fdeab8', secondaryEdge: '#cfb679', minor: '#fff', minorEdge: '#cbc5ba', pedestrian: '#f3ecf2', pedestrianEdge: '#c9bdca', path: '#a99b88',
  rail: '#6d6d72', railTie: '#f4f2ec', text: '#3c3a36', strong: '#2b2840', number: '#5c5347', parkText: '#3a6a33', halo: 'rgba(255,255,255,.88)',
  mark: '#b3261e', markFill: 'rgba(179,38,30,.18)', markEdge: '#fff', other: '#1f5ea8',
};

const dark = {
  ground: '#232930', residential: '#272e36', outside: '#171b20', district: '#a79bd0', water: '#20476a', waterLine: '#356892', waterText: '#9bcaf0',
  park: '#2b4433', wood: '#273f2f', meadow: '#29342c', field: '#2a2f2d', scrub: '#2b382f', allotments: '#2f3a32', cemetery: '#2e3831', pitch: '#2c4a38', industrial: '#2a2f37',
  space: '#343943', spaceEdge: '#4b525f', building: '#3f4853', buildingEdge: '#596573', parcel: '#55606c',
  major: '#8f7440', majorEdge: '#171b20', majorThin: '#8f7440', secondary: '#716443', secondaryEdge: '#171b20', secondaryThin: '#7a6c48', minor: '#525c68', minorEdge: '#1b2026', minorThin: '#4b5561',
  pedestrian: '#4a4857', pedestrianEdge: '#1b2026', pedestrianThin: '#4a4857', path: '#7c776d',
  rail: '#98a2ad', railTie: '#232930', text: '#dfe5ec', strong: '#f0ecfb', number: '#c3cbd5', parkText: '#a9dba0', halo: 'rgba(20,24,28,.88)',
  mark: '#ff9e94', markFill: 'rgba(255,158,148,.25)', markEdge: '#12171d', other: '#7db2f0',
};

// High contrast: lines and letters only, in the colours that the person has chosen.
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
  const all = Object.fromEntries(Object.keys(light).map((key) => [key, ground]));
  for (const key of ['district', 'waterLine', 'buildingEdge', 'parcel', 'majorEdge', 'secondaryEdge', 'minorEdge', 'pedestrianEdge', 'path', 'rail', 'text', 'strong', 'number', 'waterText', 'parkText', 'spaceEdge', 'markEdge']) all[key] = text;
  return { ...all, halo: ground, mark: strong, other: strong, markFill: 'rgba(128,128,128,.3)' };
}

const schemes = [
  ['(forced-colors: active)', forced],
  ['(prefers-color-scheme: dark)', () => dark],
].map(([query, make]) => ({ query: matchMedia(query), make }));

export const palette = () => (schemes.find(({ query }) => query.matches)?.make ?? (() => light))();

// Tells when the person changes the scheme.
export function onScheme(change) {
  for (const { query } of schemes) query.addEventListener('change', change);
}
