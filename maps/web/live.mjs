// What lies around now: permits in force, public requests, offices. To look at, never to be hit instead of the
// spot: a click on the map does not know of these layers. What they show is also listed in words.
import GeoJSON from 'ol/format/GeoJSON.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import { Fill, Icon, Stroke, Style } from 'ol/style.js';
import { containsExtent, getCenter } from 'ol/extent.js';
import { transformExtent } from 'ol/proj.js';
import { onScheme, palette } from './palette.mjs';
import { badge } from './symbols.mjs';

const format = new GeoJSON({ dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' });
const STEP = 0.02; // degrees: addresses repeat when the map moves a little, and the browser may keep the answers
const LISTED = 8;
const SYMBOLS = { permits: 'permit', requests: 'request', offices: 'town_hall' };
const COLOURS = { permits: 'health', requests: 'leisure', offices: 'public_service' };

// symbol and colour: of an organization's own layer.
function styles({ id, symbol, colour: own }) {
  const colours = palette(), colour = colours[COLOURS[id] ?? own] ?? colours.other;
  const image = new Style({ image: new Icon({ src: badge(SYMBOLS[id] ?? symbol ?? 'permit', colour, colours.symbolEdge, 24) }), zIndex: 2 });
  const shape = [new Style({ stroke: new Stroke({ color: colours.symbolEdge, width: 4 }), zIndex: 1 }), new Style({ stroke: new Stroke({ color: colour, width: 2, lineDash: [5, 4] }), fill: new Fill({ color: colours.districtGlow }), zIndex: 1 })];
  return (feature) => (feature.getGeometry().getType() === 'Point' ? image : shape);
}

export class Live {
  // info: {id, title, url, symbol?, colour?}; told: after every change of what is there.
  constructor(map, info, told) {
    Object.assign(this, { map, info, told, source: new VectorSource(), failed: false, more: false });
    this.layer = new VectorLayer({ source: this.source, zIndex: 5, style: styles(info) });
    onScheme(() => this.layer.setStyle(styles(info)));
    map.addLayer(this.layer);
    this.moved = () => this.load();
    map.on('moveend', this.moved);
    this.load();
  }

  remove() {
    this.map.un('moveend', this.moved);
    this.map.removeLayer(this.layer);
    this.gone = true;
  }

  get view() { return this.map.getView().calculateExtent(this.map.getSize()); }

  async load() {
    if (!this.map.getSize()) return;
    const [west, south, east, north] = transformExtent(this.view, 'EPSG:3857', 'EPSG:4326');
    const box = [Math.floor(west / STEP), Math.floor(south / STEP), Math.ceil(east / STEP), Math.ceil(north / STEP)].map((each) => Number((each * STEP).toFixed(2)));
    // A part of what is there already, unless something had been left out then.
    if (this.box && !this.failed && !this.more && containsExtent(this.box, box)) return this.told();
    this.box = box;
    try {
      const answer = await fetch(`${this.info.url}${this.info.url.includes('?') ? '&' : '?'}bbox=${box.join(',')}`, { headers: { Accept: 'application/geo+json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (this.gone || this.box !== box) return undefined;
      this.failed = false;
      this.more = found.numberMatched > found.numberReturned;
      this.source.clear(true);
      this.source.addFeatures(format.readFeatures(found));
    } catch {
      if (this.box === box) this.failed = true;
    }
    return this.told();
  }

  // The nearest to the middle of the map, in words.
  nearest() {
    const view = this.view, [x, y] = getCenter(view);
    return this.source.getFeaturesInExtent(view)
      .map((feature) => {
        const [fx, fy] = feature.getGeometry().getClosestPoint([x, y]);
        return { title: feature.get('title'), text: feature.get('text'), url: feature.get('url'), far: Math.hypot(fx - x, fy - y) };
      })
      .sort((one, other) => one.far - other.far).slice(0, LISTED);
  }
}
