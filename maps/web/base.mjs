// The base map: vector tiles of the city drawn in a calm style, labels in Czech as they stand in the map.
import VectorTileLayer from 'ol/layer/VectorTile.js';
import VectorTile from 'ol/source/VectorTile.js';
import MVT from 'ol/format/MVT.js';
import { createXYZ } from 'ol/tilegrid.js';
import { transformExtent } from 'ol/proj.js';
import { Circle, Fill, Stroke, Style, Text } from 'ol/style.js';
import { onScheme, palette } from './palette.mjs';

const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif';

// Widths of streets in pixels at zoom 12, 14, 16, 18, 20; the class of a street chooses the row.
const STREETS = {
  major: { widths: [1.8, 4, 9, 20, 44], from: 10, order: 30, colour: 'major' },
  secondary: { widths: [1, 2.8, 7, 17, 40], from: 11, order: 28, colour: 'secondary' },
  minor: { widths: [0.4, 1.4, 5, 13, 32], from: 12.5, order: 26, colour: 'minor' },
  pedestrian: { widths: [0.3, 1.2, 4.5, 12, 30], from: 12.5, order: 25, colour: 'pedestrian' },
  path: { widths: [0, 0.6, 1.2, 2.2, 4], from: 14.5, order: 24, colour: 'path', dash: [4, 3] },
};
const STREET_CLASSES = {
  motorway: 'major', trunk: 'major', primary: 'major', main: 'major', secondary: 'secondary', tertiary: 'secondary', collector: 'secondary',
  pedestrian: 'pedestrian', living_street: 'pedestrian', square: 'pedestrian', path: 'path', footway: 'path', track: 'path', cycleway: 'path', service: 'minor',
};

// Names of places: which zoom levels show them, in what letters; the higher order wins where room is short.
const LABELS = {
  district: { from: 10, to: 14, order: 98, look: { size: 13.5, weight: 700, colour: 'strong' } },
  quarter: { from: 13, to: 16.5, order: 90, look: { size: 12.5, weight: 600, colour: 'text' } },
  village: { from: 13, to: 16.5, order: 91, look: { size: 12.5, weight: 600, colour: 'text' } },
  square: { from: 15, to: 20, order: 93, look: { size: 12, weight: 600, colour: 'strong' } },
  station: { from: 13.5, to: 18, order: 94, look: { size: 12, weight: 600, colour: 'rail' } },
  river: { from: 13, to: 20, order: 80, look: { size: 12, colour: 'waterText', style: 'italic' } },
  water: { from: 13, to: 20, order: 79, look: { size: 12, colour: 'waterText', style: 'italic' } },
  wood: { from: 12.5, to: 17, order: 77, look: { size: 12, colour: 'parkText', style: 'italic' } },
  park: { from: 14.5, to: 20, order: 78, look: { size: 11.5, colour: 'parkText', style: 'italic' } },
};

export function widthAt(widths, zoom) {
  const at = Math.min(Math.max((zoom - 12) / 2, 0), widths.length - 1);
  const low = Math.floor(at), high = Math.min(low + 1, widths.length - 1);
  return widths[low] + (widths[high] - widths[low]) * (at - low);
}

// Styles are made once for each kind and half a zoom level: the style function runs for every feature.
function keeper() {
  const kept = new Map();
  return (key, make) => {
    if (!kept.has(key)) kept.set(key, make());
    return kept.get(key);
  };
}

const fill = (colour, zIndex, edge, width = 1) =>
  new Style({ fill: new Fill({ color: colour }), stroke: edge && new Stroke({ color: edge, width }), zIndex });

const label = (colours, { size, weight = 500, colour = 'text', line = false, style = '', ...rest }) => new Text({
  font: `${style} ${weight} ${size}px ${FONT}`.trim(),
  fill: new Fill({ color: colours[colour] }),
  stroke: new Stroke({ color: colours.halo, width: 3 }),
  placement: line ? 'line' : 'point',
  ...rest,
});

// A style whose text is the name of the feature; the Style object is shared, the text set each time.
function named(style, text) {
  style.getText().setText(text);
  return style;
}

function areaStyles(colours, keep) {
  const land = (kind) => keep(`land-${kind}`, () => fill(colours[kind] ?? colours.ground, 2));
  return {
    district: (feature, zoom) => keep(`district-${zoom > 13}`, () => new Style({
      fill: new Fill({ color: colours.ground }),
      stroke: new Stroke({ color: colours.district, width: zoom > 13 ? 2.5 : 1.5, lineDash: [8, 5, 2, 5] }),
      zIndex: 1,
    })),
    landuse: (feature) => land(feature.get('kind')),
    park: (feature) => land(feature.get('kind')),
    water: () => keep('water', () => new Style({ fill: new Fill({ color: colours.water }), stroke: new Stroke({ color: colours.waterLine, width: 1 }), zIndex: 4 })),
    // What is not green or a carriageway: squares, pavements, pedestrian streets.
    public_space: (feature, zoom) => {
      const kind = feature.get('kind');
      if (zoom < 13.5) return undefined;
      if (kind === 'green' || kind === 'park') return keep('space-green', () => fill(colours.park, 5));
      return keep(`space-${zoom > 16}`, () => fill(colours.space, 5, zoom > 16 ? colours.spaceEdge : undefined));
    },
    parcel: (feature, zoom) => (zoom < 16.8 ? undefined
      : keep('parcel', () => new Style({ stroke: new Stroke({ color: colours.parcel, width: 0.7, lineDash: [5, 3] }), zIndex: 22 }))),
    building: (feature, zoom) => (zoom < 13.2 ? undefined
      : keep(`building-${zoom > 15.5}`, () => fill(colours.building, 23, zoom > 15.5 ? colours.buildingEdge : undefined, 0.8))),
  };
}

function streetStyle(colours, keep) {
  return (feature, zoom) => {
    const kind = STREET_CLASSES[feature.get('class')] ?? 'minor';
    const row = STREETS[kind];
    if (zoom < row.from) return undefined;
    const width = widthAt(row.widths, zoom);
    const styles = [...keep(`street-${kind}-${zoom}`, () => {
      if (row.dash) return [new Style({ stroke: new Stroke({ color: colours[row.colour], width, lineDash: row.dash }), zIndex: row.order })];
      const edge = width > 2.4
        ? [new Style({ stroke: new Stroke({ color: colours[`${row.colour}Edge`], width: width + 1.6 }), zIndex: row.order - 14 })] : [];
      return [...edge, new Style({ stroke: new Stroke({ color: width > 2.4 ? colours[row.colour] : colours[`${row.colour}Thin`] ?? colours[`${row.colour}Edge`], width }), zIndex: row.order })];
    })];
    const name = feature.get('name');
    const from = kind === 'major' ? 13.5 : kind === 'secondary' ? 14.5 : 15.3;
    if (name && zoom >= from) {
      styles.push(named(keep(`street-name-${kind}-${zoom > 16.5}`, () => new Style({
        text: label(colours, { size: zoom > 16.5 ? 13 : 11.5, line: true, repeat: 420, maxAngle: 0.6, overflow: false }),
        zIndex: kind === 'major' ? 70 : 65,
      })), name));
    }
    return styles;
  };
}

function pointStyles(colours, keep) {
  const names = (feature, zoom) => {
    const kind = feature.get('kind') in LABELS ? feature.get('kind') : 'quarter', row = LABELS[kind];
    if (zoom < row.from || zoom > row.to) return undefined;
    return named(keep(`place-${kind}-${zoom > 13}`, () => new Style({
      text: label(colours, { ...row.look, size: row.look.size + (zoom > 13 ? 1.5 : 0), overflow: true }),
      zIndex: row.order,
    })), feature.get('name') ?? '');
  };
  return {
    rail: (feature, zoom) => {
      const yard = feature.get('kind') === 'station', wide = zoom > 14 && !yard;
      return keep(`rail-${wide}-${yard}`, () => [
        new Style({ stroke: new Stroke({ color: colours.rail, width: wide ? 3 : yard ? 1 : 1.6 }), zIndex: 32 }),
        ...(yard ? [] : [new Style({ stroke: new Stroke({ color: colours.railTie, width: wide ? 1.6 : 0.7, lineDash: [8, 8] }), zIndex: 33 })]),
      ]);
    },
    address: (feature, zoom) => (zoom < 17 ? undefined : named(keep('address', () => new Style({
      text: label(colours, { size: 11, colour: 'number' }), zIndex: 60,
    })), String(feature.get('number') ?? ''))),
    place_label: names,
    nature_label: names,
  };
}

export function baseStyle(colours) {
  const keep = keeper();
  const rows = { ...areaStyles(colours, keep), street: streetStyle(colours, keep), ...pointStyles(colours, keep) };
  return (zoomOf) => (feature, resolution) => rows[feature.get('layer')]?.(feature, zoomOf(resolution));
}

const load = { started: null };
// The description of the tiles, read once for all maps of the page.
export const tilejson = (url = '/tiles/city.json') => (load.started ??= fetch(url).then((answer) => {
  if (!answer.ok) throw new Error(`tiles: ${answer.status}`);
  return answer.json();
}));

export const extentOf = (info) => transformExtent(info.bounds, 'EPSG:4326', 'EPSG:3857');

export function baseLayer(info) {
  const maxZoom = info.maxzoom ?? 16;
  const source = new VectorTile({
    format: new MVT(),
    url: info.tiles[0].replace(/^https?:\/\/[^/]+/, ''), // always of this portal: connect-src 'self'
    tileGrid: createXYZ({ minZoom: info.minzoom ?? 0, maxZoom, tileSize: 512 }),
    wrapX: false,
  });
  const layer = new VectorTileLayer({ source, declutter: true, renderBuffer: 120, preload: 0 });
  const zoomOf = (resolution) => Math.round(Math.log2(156543.03392804097 / resolution) * 2) / 2;
  const restyle = () => {
    const colours = palette();
    layer.setStyle(baseStyle(colours)(zoomOf));
    layer.setBackground(colours.outside);
  };
  restyle();
  onScheme(restyle);
  return layer;
}

export { Circle, Fill, Stroke, Style };
