// The base map: vector tiles of the city drawn in a calm style, labels in Czech as they stand in the map.
import VectorTileLayer from 'ol/layer/VectorTile.js';
import VectorTile from 'ol/source/VectorTile.js';
import MVT from 'ol/format/MVT.js';
import { createXYZ } from 'ol/tilegrid.js';
import { transformExtent } from 'ol/proj.js';
import { Fill, Icon, Stroke, Style, Text } from 'ol/style.js';
import { BUILDINGS, CASED_FROM, CASING, FROM, GREEN, GROUND, LABELS, LANDMARK_FROM, LANDMARK_NAME_FROM, LANDMARKS, STREET_CLASSES, STREETS, widthAt } from './looks.mjs';
import { onScheme, palette } from './palette.mjs';
import { badge } from './symbols.mjs';

export const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif';

// A name under its symbol, which is larger from near.
const BADGE = (zoom) => (zoom > 16.5 ? 22 : 18), below = (zoom) => ({ textBaseline: 'top', offsetY: BADGE(zoom) / 2 + 7 });

// Styles are made once for each kind and half a zoom level: the style function runs for every feature.
function keeper() {
  const kept = new Map();
  return (key, make) => {
    if (!kept.has(key)) kept.set(key, make());
    return kept.get(key);
  };
}

// Without an edge of its own an area is stroked thinly in its own colour: no light shines between neighbours.
const fill = (colour, zIndex, edge = colour, width = 0.6) =>
  new Style({ fill: new Fill({ color: colour }), stroke: new Stroke({ color: edge, width }), zIndex });

const line = (color, width, zIndex, more = {}) => new Style({ stroke: new Stroke({ color, width, ...more }), zIndex });

const label = (colours, { size, weight = 500, colour = 'text', along = false, italic = false, ...rest }) => new Text({
  font: `${italic ? 'italic ' : ''}${weight} ${size + colours.larger}px ${FONT}`,
  fill: new Fill({ color: colours[colour] }),
  stroke: new Stroke({ color: colours.halo, width: colours.haloWidth }),
  placement: along ? 'line' : 'point',
  ...rest,
});

// A long name in two lines, broken where it is about half.
function wrapped(name) {
  if (name.length < 22) return name;
  const middle = name.length / 2;
  const spaces = [...name.matchAll(/ /g)].map(({ index }) => index).sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle));
  return spaces.length > 0 ? `${name.slice(0, spaces[0])}\n${name.slice(spaces[0] + 1)}` : name;
}

// A style whose text is the name of the feature; the Style object is shared, the text set each time.
function named(style, text) {
  style.getText().setText(text);
  return style;
}

function groundStyles(colours, keep) {
  const area = ({ layer, kinds, order }) => [layer, (feature, zoom) => {
    const kind = kinds.includes(feature.get('kind')) ? feature.get('kind') : kinds.at(-1);
    const edge = colours.greenLine && GREEN.includes(kind) && zoom > 13;
    return keep(`ground-${kind}-${edge}`, () => (edge ? fill(colours[kind], order, colours.greenLine, 1) : fill(colours[kind], order)));
  }];
  return {
    ...Object.fromEntries(GROUND.map(area)),
    city: () => keep('city', () => fill(colours.ground, 1)),
    border: (feature, zoom) => keep(`border-${feature.get('kind')}-${zoom > 13}`, () => [
      line(colours.districtGlow, zoom > 13 ? 6 : 4, 40),
      line(colours.district, (zoom > 13 ? 1.3 : 1) * (feature.get('kind') === 'city' ? 1.4 : 1), 41, { lineDash: [8, 4, 2, 4] }),
    ]),
    water: (feature, zoom) => {
      const flows = feature.getType().endsWith('LineString'), stream = feature.get('kind') === 'stream';
      if (flows) {
        const flow = keep(`flow-${stream}-${zoom}`, () => line(colours.water, widthAt(stream ? [0.8, 1.4, 2.5, 4, 8] : [1.5, 3, 6, 12, 24], zoom), 4));
        const name = feature.get('name');
        if (!name || zoom < (stream ? 15 : 13)) return flow;
        return [flow, named(keep('flow-name', () => new Style({
          text: label(colours, { ...LABELS.river, along: true, repeat: 600, maxAngle: 0.9, overflow: false }), zIndex: 34,
        })), name)];
      }
      return keep('water', () => fill(colours.water, 4, colours.waterLine, 1));
    },
    // What is not green or a carriageway: squares, pavements, pedestrian streets.
    public_space: (feature, zoom) => {
      if (zoom < FROM.space) return undefined;
      if (feature.get('kind') === 'green') return keep('space-green', () => fill(colours.park, 5));
      return keep(`space-${zoom > 16}`, () => fill(colours.space, 5, zoom > 16 ? colours.spaceEdge : colours.space));
    },
    parcel: (feature, zoom) => (zoom < FROM.parcel ? undefined
      : keep(`parcel-${zoom}`, () => line(colours.parcel, zoom > 18 ? 1 : 0.7, 22, zoom > 18 ? {} : { lineDash: [5, 3] }))),
    building: (feature, zoom) => {
      const kind = feature.get('kind'), look = BUILDINGS[kind] ?? 'building', edged = zoom > FROM.buildingEdge;
      if (zoom < (kind === 'yard' ? FROM.yard : FROM.building)) return undefined;
      return keep(`building-${look}-${edged}`, () => fill(colours[look], 23, edged ? colours[`${look}Edge`] : colours[look], 0.8));
    },
  };
}

// The street itself: a line with an edge on both sides, or one line where it is thin.
function carriageway(colours, kind, zoom) {
  const row = STREETS[kind], width = widthAt(row.widths, zoom), colour = colours[kind];
  if (row.dash) return [line(colour, width, row.order, { lineDash: row.dash })];
  if (width <= CASED_FROM) return [line(colours[`${kind}Thin`] ?? colours[`${kind}Edge`], width, row.order)];
  return [line(colours[`${kind}Edge`], width + CASING, row.order - 14), line(colour, width, row.order)];
}

function lineStyles(colours, keep) {
  return {
    street(feature, zoom) {
      const kind = STREET_CLASSES[feature.get('class')] ?? 'minor', row = STREETS[kind];
      if (zoom < row.from) return undefined;
      const name = feature.get('name'), styles = [...keep(`street-${kind}-${zoom}`, () => carriageway(colours, kind, zoom))];
      if (name && zoom >= row.named) {
        styles.push(named(keep(`street-name-${kind}-${zoom}`, () => new Style({
          text: label(colours, { size: zoom > 17.5 ? 13 : zoom > 16.5 ? 12.5 : 11.5, along: true, repeat: 480, maxAngle: 0.6, overflow: false }),
          zIndex: 35 + row.order,
        })), name));
      }
      return styles;
    },
    rail(feature, zoom) {
      const kind = feature.get('kind');
      if (kind === 'tram') return keep(`tram-${zoom}`, () => line(colours.tram, zoom > 16 ? 1.5 : 0.9, 33));
      const yard = kind === 'station', wide = zoom > 14 && !yard;
      return keep(`rail-${wide}-${yard}`, () => [
        line(colours.rail, wide ? 3 : yard ? 0.9 : 1.5, 36),
        ...(yard ? [] : [line(colours.railTie, wide ? 1.6 : 0.7, 37, { lineDash: wide ? [9, 9] : [6, 6] })]),
      ]);
    },
  };
}

function labelStyles(colours, keep) {
  const symbol = (kind, colour, order, zoom) => keep(`symbol-${kind}-${colour}-${zoom > 16.5}`, () => new Style({
    image: new Icon({ src: badge(kind, colours[colour], colours.symbolEdge, BADGE(zoom)) }), zIndex: order,
  }));
  const names = (feature, zoom) => {
    const kind = feature.get('kind') in LABELS ? feature.get('kind') : 'quarter', row = LABELS[kind];
    const minor = feature.get('rank') > 3 && (kind === 'park' || kind === 'river') ? 1 : 0;
    if (zoom < row.from + minor || zoom > row.to) return undefined;
    const text = named(keep(`place-${kind}-${zoom > 13}-${zoom > 16.5}`, () => new Style({
      text: label(colours, { ...row, size: row.size + (zoom > 13 ? 1 : 0), overflow: true, ...(row.symbol ? below(zoom) : {}) }),
      zIndex: row.order,
    })), feature.get('name') ?? '');
    return row.symbol ? [symbol(row.symbol, row.colour, row.order + 1, zoom), text] : text;
  };
  const number = (field, from, size, colour) => (feature, zoom) => (zoom < from ? undefined : named(keep(`${field}-${colour}`, () => new Style({
    text: label(colours, { size, colour }), zIndex: 50,
  })), String(feature.get(field) ?? '')));
  return {
    place_label: names,
    nature_label: names,
    landmark(feature, zoom) {
      const kind = feature.get('kind'), rank = Math.min(Math.max(feature.get('rank') ?? 5, 1), 5), colour = LANDMARKS[kind] ?? 'public_service';
      if (zoom < LANDMARK_FROM[rank]) return undefined;
      const mark = symbol(kind, colour, 76 - rank, zoom);
      if (zoom < LANDMARK_NAME_FROM[rank]) return mark;
      return [mark, named(keep(`landmark-${colour}-${rank}-${zoom > 16.5}`, () => new Style({
        text: label(colours, { size: 11.5, weight: 600, colour, overflow: true, ...below(zoom) }), zIndex: 70 - rank,
      })), wrapped(feature.get('name') ?? ''))];
    },
    address: number('number', FROM.number, 11, 'number'),
    parcel_label: number('number', FROM.parcelNumber, 10, 'parcelText'),
  };
}

// over: above a picture of the ground, where only letters and borders help.
export function baseStyle(colours, { over = false } = {}) {
  const keep = keeper(), lines = lineStyles(colours, keep), ground = groundStyles(colours, keep);
  const letters = (styles) => (Array.isArray(styles) ? styles.filter((each) => each.getText()) : styles);
  const rows = over
    ? { ...labelStyles(colours, keep), street: (...given) => letters(lines.street(...given)), border: ground.border }
    : { ...ground, ...lines, ...labelStyles(colours, keep) };
  return (zoomOf) => (feature, resolution) => rows[feature.get('layer')]?.(feature, zoomOf(resolution));
}

const load = { started: null };
// The description of the tiles, read once for all maps of the page; again where that failed.
export const tilejson = (url = '/tiles/city.json') => (load.started ??= fetch(url).then((answer) => {
  if (!answer.ok) throw new Error(`tiles: ${answer.status}`);
  return answer.json();
}).catch((error) => {
  load.started = null;
  throw error;
}));

export const extentOf = (info) => transformExtent(info.bounds, 'EPSG:4326', 'EPSG:3857');

// trouble(missing): tiles of what is in sight could not be had, or are there again.
export function baseLayer(info, { trouble = () => {} } = {}) {
  const maxZoom = info.maxzoom ?? 16;
  const source = new VectorTile({
    format: new MVT(),
    url: info.tiles[0].replace(/^https?:\/\/[^/]+/, ''), // always of this portal: connect-src 'self'
    tileGrid: createXYZ({ minZoom: info.minzoom ?? 0, maxZoom, tileSize: 512 }),
    wrapX: false,
  });
  const layer = new VectorTileLayer({ source, declutter: true, renderBuffer: 120, preload: 0 });
  const zoomOf = (resolution) => Math.round(Math.log2(156543.03392804097 / resolution) * 2) / 2;
  const bounded = info.vector_layers?.some(({ id }) => id === 'city') ?? true; // else nothing is outside
  let over = false;
  const restyle = () => {
    const colours = palette();
    layer.setStyle(baseStyle(colours, { over })(zoomOf));
    layer.setBackground(over ? undefined : bounded ? colours.outside : colours.ground);
  };
  restyle();
  onScheme(restyle);
  const missing = new Set();
  const settle = (tile, lost) => {
    const before = missing.size, key = String(tile.getTileCoord());
    if (lost) missing.add(key);
    else missing.delete(key);
    if ((before > 0) !== (missing.size > 0)) trouble(missing.size > 0);
  };
  source.on('tileloaderror', ({ tile }) => settle(tile, true));
  source.on('tileloadend', ({ tile }) => settle(tile, false));
  layer.reload = () => {
    missing.clear();
    source.refresh();
    trouble(false);
  };
  addEventListener('online', () => { if (missing.size > 0) layer.reload(); });
  // Whether the city lies over a picture of the ground.
  layer.layOver = (now) => {
    over = now;
    restyle();
  };
  return layer;
}
