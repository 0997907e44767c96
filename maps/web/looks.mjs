// What is drawn of the city, from which zoom on and how wide. One set of tables for the map of the pages
// (base.mjs) and for the style that other programs read (maplibre.mjs). Zooms are those of 256-pixel tiles.

// Widths of streets in pixels at zoom 12, 14, 16, 18, 20; the class of a street chooses the row.
export const WIDTH_ZOOMS = [12, 14, 16, 18, 20];
export const STREETS = {
  motorway: { widths: [2.2, 4.6, 10, 22, 46], from: 9, order: 31, named: 13 },
  major: { widths: [1.8, 4, 9.5, 21, 44], from: 10, order: 30, named: 13.5 },
  secondary: { widths: [1.1, 3, 7.5, 18, 40], from: 11, order: 29, named: 14.5 },
  tertiary: { widths: [0.8, 2.4, 6.5, 16, 37], from: 12, order: 28, named: 15 },
  minor: { widths: [0.4, 1.3, 5, 13, 32], from: 12.5, order: 27, named: 15.5 },
  service: { widths: [0.2, 0.6, 2.8, 8, 22], from: 14.5, order: 26, named: 16.5 },
  pedestrian: { widths: [0.3, 1.2, 4.5, 12, 30], from: 13, order: 25, named: 15.5 },
  path: { widths: [0, 0.8, 1.1, 2, 3.5], from: 15, order: 24, dash: [3, 3] },
  track: { widths: [0, 0.8, 1.3, 2.4, 4], from: 14.5, order: 24, dash: [7, 4] },
};
export const STREET_CLASSES = {
  motorway: 'motorway', primary: 'major', secondary: 'secondary', tertiary: 'tertiary', residential: 'minor', service: 'service',
  pedestrian: 'pedestrian', path: 'path', steps: 'path', track: 'track',
};
export const CASED_FROM = 2.4; // pixels: below that a street is one line
export const CASING = 1.6; // pixels, both sides together

// Ground, lowest first; the kind of a feature names its colour.
export const GROUND = [
  { layer: 'landuse', kinds: ['residential', 'industrial', 'field', 'meadow', 'scrub', 'wood', 'allotments', 'cemetery'], order: 2 },
  { layer: 'park', kinds: ['park', 'pitch', 'allotments', 'cemetery'], order: 3 },
];
export const GREEN = ['wood', 'park', 'pitch', 'cemetery'];
export const BUILDINGS = { house: 'building', slab: 'building', tower: 'building', yard: 'building', works: 'works', public: 'public' };
export const FROM = { space: 13.5, building: 13.5, buildingEdge: 15.5, yard: 16, parcel: 16.8, parcelNumber: 18.5, number: 17 };

// Names of places: which zoom levels show them, in what letters; the higher order wins where room is short.
export const LABELS = {
  district: { from: 10, to: 14, order: 98, size: 13.5, weight: 700, colour: 'strong' },
  quarter: { from: 13, to: 16.5, order: 90, size: 12.5, weight: 600, colour: 'text' },
  village: { from: 12.5, to: 16.5, order: 91, size: 12.5, weight: 600, colour: 'text' },
  square: { from: 15, to: 20, order: 93, size: 12, weight: 600, colour: 'strong' },
  station: { from: 14, to: 18.5, order: 94, size: 12, weight: 600, colour: 'transport', symbol: 'station' },
  river: { from: 13, to: 20, order: 80, size: 12, colour: 'waterText', italic: true },
  water: { from: 13, to: 20, order: 79, size: 12, colour: 'waterText', italic: true },
  wood: { from: 12.5, to: 17, order: 77, size: 12, colour: 'parkText', italic: true },
  park: { from: 14.5, to: 20, order: 78, size: 11.5, colour: 'parkText', italic: true },
};

// Landmarks: the group names the colour of symbol and name. By rank, 1 the most important: from which zoom on.
export const LANDMARKS = {
  town_hall: 'public_service', post: 'public_service', police: 'public_service', fire: 'health', hospital: 'health',
  church: 'culture', synagogue: 'culture', theatre: 'culture', museum: 'culture', library: 'learning', school: 'learning', university: 'learning',
  zoo: 'leisure', pool: 'leisure', brewery: 'industry', works: 'industry', station: 'transport',
};
export const LANDMARK_FROM = { 1: 14.5, 2: 15, 3: 15.5, 4: 16, 5: 17 };
export const LANDMARK_NAME_FROM = { 1: 14.5, 2: 15.5, 3: 16.5, 4: 17, 5: 17.5 };

export function widthAt(widths, zoom) {
  const at = Math.min(Math.max((zoom - 12) / 2, 0), widths.length - 1);
  const low = Math.floor(at), high = Math.min(low + 1, widths.length - 1);
  return widths[low] + (widths[high] - widths[low]) * (at - low);
}
