// Maps to look at: one place, or the cases of an office with their list beside them.
import Feature from 'ol/Feature.js';
import GeoJSON from 'ol/format/GeoJSON.js';
import VectorLayer from 'ol/layer/Vector.js';
import Cluster from 'ol/source/Cluster.js';
import VectorSource from 'ol/source/Vector.js';
import { Point } from 'ol/geom.js';
import { Circle, Fill, Stroke, Style, Text } from 'ol/style.js';
import { boundingExtent, isEmpty } from 'ol/extent.js';
import { transformExtent } from 'ol/proj.js';
import { onScheme, palette } from './palette.mjs';
import { KINDS, anchorOf, featuresOf, geometryOf } from './kinds.mjs';
import { placeStyles } from './marks.mjs';
import { Surface } from './surface.mjs';
import { h, iconButton, icons, uniqueId } from './dom.mjs';
import { t } from './texts.mjs';

const format = new GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' });

// A place as the picker draws it; what only the server knows how to read is drawn as it stands.
function placeFeatures(value) {
  const known = featuresOf(value);
  if (known.length === 0) return format.readFeatures(value).map((feature) => ({ geometry: feature.getGeometry(), pin: feature.getGeometry().getType() === 'Point' }));
  const drawn = value.type === 'FeatureCollection' ? value.features : [value];
  return known.map((feature, i) => {
    const asked = drawn.length === known.length ? drawn[i].geometry ?? drawn[i] : null; // a route along its streets
    const geometry = asked && KINDS[feature.kind].closes && asked.type !== 'Point' ? format.readGeometry(asked) : geometryOf(feature);
    return { geometry, pin: geometry.getType() === 'Point', number: known.length > 1 ? i + 1 : 0 };
  });
}

function placeStyle(styles) {
  return (feature) => {
    const { pin, number } = feature.getProperties(), geometry = feature.getGeometry();
    if (pin) return styles.pin(number);
    if (!number) return styles.shape;
    const mark = styles.pin(number).clone();
    mark.setGeometry(new Point(anchorOf(geometry)));
    return [...styles.shape, mark];
  };
}

export function showPlace(box) {
  let features;
  try {
    features = placeFeatures(JSON.parse(box.dataset.geojson)).map((each) => new Feature(each));
  } catch {
    features = [];
  }
  if (features.length === 0) {
    box.hidden = true;
    return;
  }
  const help = uniqueId('map-help');
  const layer = new VectorLayer({ source: new VectorSource({ features }), zIndex: 10 });
  const style = () => layer.setStyle(placeStyle(placeStyles()));
  style();
  onScheme(style);
  const extent = layer.getSource().getExtent();
  const surface = new Surface(box, {
    label: `${t('map')}: ${box.dataset.label}`, help,
    zoomTo: (it) => {
      it.fit(extent, 17);
      return true;
    },
  });
  surface.map.addLayer(layer);
  surface.tools.append(iconButton(t('whole'), icons.full, { onclick: () => surface.fit(extent, 17) }));
  box.append(h('span', { class: 'sr', id: help }, t('help_view')));
}

function caseStyle() {
  const colours = palette(), kept = new Map();
  return (feature) => {
    const all = feature.get('features'), current = all.some((each) => each.get('current')), key = `${all.length}-${current}`;
    if (!kept.has(key)) {
      kept.set(key, new Style({
        image: new Circle({ radius: (all.length > 1 ? 15 : 10) + (current ? 3 : 0), fill: new Fill({ color: current ? colours.mark : colours.other }), stroke: new Stroke({ color: colours.markEdge, width: 3 }) }),
        text: all.length > 1 ? new Text({ text: String(all.length), font: '700 13px system-ui, sans-serif', fill: new Fill({ color: colours.markEdge }) }) : undefined,
        zIndex: current ? 30 : 20,
      }));
    }
    return kept.get(key);
  };
}

// Once the map was moved: the list of what is on it. The server is asked, so that the list, its counts and its file
// are of the same cases.
function offerView(surface, address) {
  if (!address) return;
  const take = h('button', { type: 'button', class: 'button button--small mapui__take', hidden: true, onclick: () => {
    const [west, south, east, north] = transformExtent(surface.view.calculateExtent(surface.map.getSize()), 'EPSG:3857', 'EPSG:4326').map((each) => each.toFixed(5));
    const url = new URL(address, location.href);
    url.searchParams.set('bbox', [west, south, east, north].join(','));
    location.assign(url);
  } }, t('only_view'));
  surface.box.append(take);
  const state = () => [...surface.view.getCenter(), surface.view.getZoom()].map((each) => each.toFixed(3)).join();
  let start = state(); // the fit to all cases is no wish of anybody
  surface.map.once('change:size', () => { start = state(); });
  surface.map.on('moveend', () => { take.hidden = state() === start; });
}

export async function showCases(box) {
  const help = uniqueId('map-help');
  const source = new VectorSource();
  const layer = new VectorLayer({ source: new Cluster({ source, distance: 32, minDistance: 16 }), zIndex: 10, style: caseStyle() });
  onScheme(() => layer.setStyle(caseStyle()));
  const rowOf = (number) => document.querySelector(`[data-case="${CSS.escape(number)}"]`);
  const whole = (it) => {
    if (!isEmpty(source.getExtent())) it.fit(source.getExtent(), 16);
    return !isEmpty(source.getExtent());
  };
  const surface = new Surface(box, {
    label: `${t('map')}: ${box.dataset.label}`, help, zoomTo: whole,
    keys: (event) => event.key === 'Enter' && (open(surface.map.getPixelFromCoordinate(surface.center)), true), // under the cross
  });
  surface.map.addLayer(layer);
  surface.tools.append(iconButton(t('whole'), icons.full, { onclick: () => whole(surface) }));
  box.append(h('span', { class: 'sr', id: help }, t('help_cases')));

  const mark = (number) => {
    source.forEachFeature((feature) => { feature.set('current', feature.get('number') === number); });
    for (const row of document.querySelectorAll('.case--current')) row.classList.remove('case--current');
    if (number) rowOf(number)?.classList.add('case--current');
  };
  // Pointing at a row shows its place, and the other way round.
  for (const row of document.querySelectorAll('[data-case]')) {
    row.addEventListener('pointerenter', () => mark(row.dataset.case));
    row.addEventListener('focusin', () => mark(row.dataset.case));
    row.addEventListener('pointerleave', () => mark(null));
  }
  const at = (pixel) => surface.map.forEachFeatureAtPixel(pixel, (feature) => feature.get('features'), { hitTolerance: 6 });
  surface.map.on('pointermove', ({ pixel, dragging }) => {
    const found = dragging ? null : at(pixel);
    surface.surface.classList.toggle('mapui__surface--over', Boolean(found));
    mark(found?.length === 1 ? found[0].get('number') : null);
  });
  function open(pixel) {
    const found = at(pixel);
    if (!found) return;
    if (found.length === 1 || surface.view.getZoom() >= 19) location.assign(found[0].get('url'));
    else surface.fit(boundingExtent(found.map((each) => each.getGeometry().getCoordinates())), 19);
  }
  surface.map.on('click', ({ pixel }) => open(pixel));
  try {
    const answer = await fetch(box.dataset.src, { headers: { Accept: 'application/geo+json, application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    source.addFeatures(format.readFeatures(found));
    await surface.ready;
    whole(surface);
    if (found.complete === false) surface.notice(t('cases_more', found));
    offerView(surface, box.dataset.view);
  } catch {
    surface.note.textContent = t('no_cases');
  }
}
