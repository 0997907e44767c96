// Colours of the base map: pale, so that what the citizen puts on it stands out. One set for each scheme.

const light = {
  ground: '#f4f2ec', outside: '#e4e4e0', district: '#8b7fa6', water: '#b4d4ea', waterLine: '#8fbcd9', waterText: '#2f6288',
  park: '#cfe5c0', wood: '#c3dcb4', meadow: '#e3ecd1', field: '#f0eedd', scrub: '#d8e4c4', allotments: '#dfe8c9', cemetery: '#d5ddc9', pitch: '#c9e3c8', industrial: '#e8e4e3', residential: '#eae5da',
  space: '#ece8f2', spaceEdge: '#cfc4de', building: '#dcd3c8', buildingEdge: '#bfb3a4', parcel: '#b9aa97',
  major: '#fbd894', majorEdge: '#cda455', secondary: '#fdeab8', secondaryEdge: '#cfb679', minor: '#fff', minorEdge: '#cbc5ba', pedestrian: '#efe9f1', pedestrianEdge: '#cbbfd0', path: '#a99b88',
  rail: '#8a8a8a', railTie: '#f4f2ec', text: '#3c3a36', strong: '#2b2840', number: '#5c5347', parkText: '#3a6a33', halo: 'rgba(255,255,255,.88)',
  mark: '#b3261e', markFill: 'rgba(179,38,30,.18)', markEdge: '#fff', other: '#1f5ea8',
};

const dark = {
  ground: '#1d2228', outside: '#14181c', district: '#9a8dc0', water: '#1c3d57', waterLine: '#2b5677', waterText: '#8fc1e6',
  park: '#24382a', wood: '#213426', meadow: '#252f26', field: '#242824', scrub: '#26322a', allotments: '#2a3329', cemetery: '#29312b', pitch: '#26402f', industrial: '#252930', residential: '#22272e',
  space: '#2a2836', spaceEdge: '#3f3a52', building: '#333a43', buildingEdge: '#465060', parcel: '#4a545f',
  major: '#7a6232', majorEdge: '#12161a', secondary: '#5f5336', secondaryEdge: '#12161a', minor: '#444c56', minorEdge: '#12161a', pedestrian: '#3d3b48', pedestrianEdge: '#14181c', path: '#6e6a62',
  rail: '#7d8690', railTie: '#1d2228', text: '#d6dce3', strong: '#e8e4f6', number: '#b4bcc6', parkText: '#9fcf97', halo: 'rgba(20,24,28,.88)',
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
