// The looks of the base map as a MapLibre style (version 8), for programs of others: made when the assets are
// built, from the same tables. Its zooms are those of 512-pixel tiles: one less than in looks.mjs.
import { BUILDINGS, CASED_FROM, CASING, FROM, GREEN, GROUND, LABELS, LANDMARK_NAME_FROM, LANDMARKS, STREET_CLASSES, STREETS, WIDTH_ZOOMS, widthAt } from './looks.mjs';

const SOURCE = 'city';
const zoomed = (zoom) => Math.max(zoom - 1, 0);
const kind = ['get', 'kind'], among = (field, words) => ['match', ['get', field], words, true, false]; // which QGIS reads as well
const of = (...kinds) => among('kind', kinds), without = (...kinds) => ['match', kind, kinds, false, true];
const widths = (list, more = 0) => ['interpolate', ['linear'], ['zoom'], ...WIDTH_ZOOMS.flatMap((zoom, i) => [zoomed(zoom), list[i] + more])];
const round = { 'line-cap': 'round', 'line-join': 'round' };

const layer = (id, type, sourceLayer, { from = 0, to, filter, layout, paint }) => ({
  id, type, source: SOURCE, 'source-layer': sourceLayer,
  ...(from > 0 ? { minzoom: zoomed(from) } : {}), ...(to ? { maxzoom: zoomed(to) } : {}),
  ...(filter ? { filter } : {}), ...(layout ? { layout } : {}), paint,
});

// Kinds beyond the known ones look like the last.
const coloured = (colours, kinds) => ['match', kind, ...kinds.slice(0, -1).flatMap((each) => [each, colours[each]]), colours[kinds.at(-1)]];

function ground(colours) {
  return [
    { id: 'outside', type: 'background', paint: { 'background-color': colours.outside } },
    layer('city', 'fill', 'city', { paint: { 'fill-color': colours.ground } }),
    ...GROUND.map(({ layer: name, kinds }) => layer(name, 'fill', name, { paint: { 'fill-color': coloured(colours, kinds) } })),
    ...(colours.greenLine ? GROUND.map(({ layer: name }) => layer(`${name}-edge`, 'line', name, { from: 13, filter: of(...GREEN), paint: { 'line-color': colours.greenLine } })) : []),
    layer('water', 'fill', 'water', { filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colours.water, 'fill-outline-color': colours.waterLine } }),
    layer('water-line', 'line', 'water', { filter: ['==', ['geometry-type'], 'LineString'], layout: round, paint: { 'line-color': colours.water, 'line-width': widths([1, 2, 4, 8, 16]) } }),
    layer('public-space', 'fill', 'public_space', { from: FROM.space, paint: { 'fill-color': ['match', kind, 'green', colours.park, colours.space] } }),
  ];
}

const classesOf = (look) => Object.keys(STREET_CLASSES).filter((each) => STREET_CLASSES[each] === look);
const casedFrom = ({ widths: list }) => {
  for (let zoom = 10; zoom < 20; zoom += 0.25) if (widthAt(list, zoom) > CASED_FROM) return zoom;
  return 20;
};

// All edges lie below all carriageways, so that crossings are open.
function streets(colours) {
  const rows = Object.entries(STREETS).sort(([, one], [, other]) => one.order - other.order);
  const filter = (look) => among('class', classesOf(look));
  const edges = rows.filter(([, row]) => !row.dash).map(([look, row]) => layer(`street-${look}-edge`, 'line', 'street', {
    from: casedFrom(row), filter: filter(look), layout: round, paint: { 'line-color': colours[`${look}Edge`], 'line-width': widths(row.widths, CASING) },
  }));
  const fills = rows.flatMap(([look, row]) => {
    const paint = (colour) => ({ 'line-color': colour, 'line-width': widths(row.widths), ...(row.dash ? { 'line-dasharray': row.dash } : {}) });
    const whole = layer(`street-${look}`, 'line', 'street', { from: row.dash ? row.from : casedFrom(row), filter: filter(look), layout: row.dash ? undefined : round, paint: paint(colours[look]) });
    if (row.dash) return [whole];
    return [layer(`street-${look}-thin`, 'line', 'street', { from: row.from, to: casedFrom(row), filter: filter(look), layout: round, paint: paint(colours[`${look}Thin`] ?? colours[`${look}Edge`]) }), whole];
  });
  return [edges, fills];
}

function built(colours) {
  const colour = (suffix) => ['match', kind, 'works', colours[`works${suffix}`], 'public', colours[`public${suffix}`], colours[`building${suffix}`]];
  return [
    layer('parcel', 'line', 'parcel', { from: FROM.parcel, paint: { 'line-color': colours.parcel, 'line-width': 0.7, 'line-dasharray': [6, 4] } }),
    layer('building', 'fill', 'building', { from: FROM.building, filter: without('yard'), paint: { 'fill-color': colour('') } }),
    layer('building-yard', 'fill', 'building', { from: FROM.yard, filter: of('yard'), paint: { 'fill-color': colours[BUILDINGS.yard] } }),
    layer('building-edge', 'line', 'building', { from: FROM.buildingEdge, paint: { 'line-color': colour('Edge'), 'line-width': 0.8 } }),
  ];
}

function lines(colours) {
  return [
    layer('tram', 'line', 'rail', { filter: of('tram'), paint: { 'line-color': colours.tram, 'line-width': 1 } }),
    layer('rail', 'line', 'rail', { filter: without('tram'), paint: { 'line-color': colours.rail, 'line-width': ['match', kind, 'station', 1, 2.4] } }),
    layer('rail-tie', 'line', 'rail', { filter: without('tram', 'station'), paint: { 'line-color': colours.railTie, 'line-width': 1.3, 'line-dasharray': [6, 6] } }),
    layer('border', 'line', 'border', { paint: { 'line-color': colours.district, 'line-width': 1.2, 'line-dasharray': [7, 4, 2, 4] } }),
  ];
}

function labels(colours) {
  const text = (id, sourceLayer, field, { size, colour, italic, weight, along, ...more }) => layer(id, 'symbol', sourceLayer, {
    ...more,
    layout: {
      'text-field': ['get', field], 'text-size': size + colours.larger, 'text-font': [`Noto Sans ${italic ? 'Italic' : weight > 550 ? 'Bold' : 'Regular'}`],
      ...(along ? { 'symbol-placement': 'line', 'symbol-spacing': 480, 'text-max-angle': 34 } : {}),
    },
    paint: { 'text-color': colours[colour], 'text-halo-color': colours.halo, 'text-halo-width': colours.haloWidth / 2 },
  });
  const streetNames = Object.entries(STREETS).filter(([, { named }]) => named).sort(([, one], [, other]) => one.order - other.order)
    .map(([look, { named }]) => text(`street-name-${look}`, 'street', 'name', { size: 12, colour: 'text', along: true, from: named, filter: among('class', classesOf(look)) }));
  // Drawn last is placed first: the most important at the end.
  const places = Object.entries(LABELS).sort(([, one], [, other]) => one.order - other.order)
    .map(([name, { from, to, size, weight, colour, italic }]) => text(`name-${name}`, ['district', 'quarter', 'village', 'square', 'station'].includes(name) ? 'place_label' : 'nature_label', 'name', { size, weight, colour, italic, from, to, filter: of(name) }));
  const groups = [...new Set(Object.values(LANDMARKS))];
  const landmarks = groups.map((group) => text(`landmark-${group}`, 'landmark', 'name', { size: 11.5, weight: 600, colour: group, from: LANDMARK_NAME_FROM[3], filter: of(...Object.keys(LANDMARKS).filter((each) => LANDMARKS[each] === group)) }));
  return [
    text('parcel-number', 'parcel_label', 'number', { size: 10, colour: 'parcelText', from: FROM.parcelNumber }),
    text('house-number', 'address', 'number', { size: 11, colour: 'number', from: FROM.number }),
    ...streetNames, ...landmarks, ...places,
  ];
}

/** The style in the colours of palette.json; the portal fills in its own address for {base}. */
export function maplibreStyle(name, colours) {
  const [edges, fills] = streets(colours);
  return {
    version: 8,
    name,
    sources: { [SOURCE]: { type: 'vector', url: '{base}/tiles/city.json' } },
    layers: [...ground(colours), ...edges, ...built(colours), ...fills, ...lines(colours), ...labels(colours)],
  };
}
