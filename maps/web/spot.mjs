// Place first: a click on the map of the city, and beside it what the city knows of the spot and what can be
// settled there. The words are the part "here" of the same page as the server draws it for that spot.
import Feature from 'ol/Feature.js';
import Point from 'ol/geom/Point.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import { fromLonLat, toLonLat } from 'ol/proj.js';
import { onScheme } from './palette.mjs';
import { placeStyles } from './marks.mjs';
import { Surface } from './surface.mjs';
import { h, uniqueId } from './dom.mjs';
import { t } from './texts.mjs';

const ZOOM_SPOT = 17, ZOOM_NEAR = 15, DECIMALS = 7; // a centimetre

export class Spot {
  constructor(box) {
    this.here = document.getElementById('here');
    this.asked = 0;
    this.marks = new VectorSource();
    const help = uniqueId('map-help'), layer = new VectorLayer({ source: this.marks, zIndex: 10 });
    const style = () => layer.setStyle(placeStyles().pin());
    style();
    onScheme(style);
    const begin = this.read(box.dataset.geojson);
    this.live = h('div', { class: 'sr', role: 'status', 'aria-live': 'polite' });
    this.surface = new Surface(box, {
      label: box.dataset.label, help,
      keys: (event) => event.key === 'Enter' && (this.go(this.surface.center), true),
      zoomTo: (it) => {
        const [lon, lat, zoom] = (box.dataset.view ?? '').split(',').map(Number);
        if (begin) this.mark(begin);
        if (zoom > 0) it.stand(fromLonLat([lon, lat]), zoom); // as the picture that stood here
        else if (begin) it.show(begin, ZOOM_SPOT);
        return Boolean(begin) || zoom > 0;
      },
    });
    this.surface.map.addLayer(layer);
    box.after(h('p', { class: 'hint', id: help }, t('help_spot')), this.live);
    this.surface.map.on('click', ({ coordinate }) => this.go(coordinate));
    addEventListener('popstate', () => this.show(location.href));
  }

  read(geojson) {
    try {
      return fromLonLat(JSON.parse(geojson).coordinates);
    } catch {
      return null;
    }
  }

  mark(at) {
    this.marks.clear();
    if (at) this.marks.addFeature(new Feature(new Point(at)));
  }

  go(at) {
    const place = toLonLat(at).map((degrees) => degrees.toFixed(DECIMALS)).join(',');
    const url = new URL('/place', location.href);
    url.searchParams.set('place', place);
    const lang = new URL(location.href).searchParams.get('lang');
    if (lang) url.searchParams.set('lang', lang);
    history.pushState(null, '', url);
    this.mark(at);
    if (this.surface.zoom < ZOOM_NEAR) this.surface.show(at, ZOOM_SPOT); // from afar it is only roughly there
    this.show(url);
  }

  // A later spot wins over an answer that is still on its way.
  async show(url) {
    const asked = ++this.asked;
    this.here.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(url, { headers: { Accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html'), here = page.getElementById('here');
      if (!here) throw new Error(String(answer.status));
      if (asked !== this.asked) return;
      this.here.replaceChildren(...here.childNodes);
      this.mark(this.read(page.querySelector('[data-map="spot"]')?.dataset.geojson));
      // Under the map of a phone the words begin out of sight.
      if (this.here.getBoundingClientRect().top > innerHeight * 0.8) this.here.scrollIntoView({ block: 'center' });
      this.live.textContent = this.here.querySelector('h2')?.textContent ?? '';
    } catch {
      if (asked === this.asked) this.here.replaceChildren(h('h2', { id: 'here-title' }, t('check_failed')));
    }
    if (asked === this.asked) this.here.removeAttribute('aria-busy');
  }
}
