// Features of a layer to look at: the map reads what the table beside it shows.
import GeoJSON from 'ol/format/GeoJSON.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import { Circle, Fill, Stroke, Style } from 'ol/style.js';
import { isEmpty } from 'ol/extent.js';
import { onScheme, palette } from './palette.mjs';
import { Surface } from './surface.mjs';
import { h, iconButton, icons, uniqueId } from './dom.mjs';
import { t } from './texts.mjs';

function looks() {
  const colours = palette();
  return new Style({
    image: new Circle({ radius: 7, fill: new Fill({ color: colours.mark }), stroke: new Stroke({ color: colours.markEdge, width: 2.5 }) }),
    stroke: new Stroke({ color: colours.mark, width: 2.5 }),
    fill: new Fill({ color: colours.markFill }),
  });
}

export async function showFeatures(box) {
  const help = uniqueId('map-help');
  const source = new VectorSource(), layer = new VectorLayer({ source, zIndex: 10, style: looks() });
  onScheme(() => layer.setStyle(looks()));
  const whole = (it) => {
    if (!isEmpty(source.getExtent())) it.fit(source.getExtent(), 18);
    return !isEmpty(source.getExtent());
  };
  const surface = new Surface(box, { label: `${t('map')}: ${box.dataset.label}`, help, zoomTo: whole });
  surface.map.addLayer(layer);
  surface.tools.append(iconButton(t('whole'), icons.full, { onclick: () => whole(surface) }));
  box.append(h('span', { class: 'sr', id: help }, t('help_view')));
  try {
    const answer = await fetch(box.dataset.src, { headers: { Accept: 'application/geo+json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    source.addFeatures(new GeoJSON({ featureProjection: 'EPSG:3857' }).readFeatures(await answer.json()));
    await surface.ready;
    whole(surface);
  } catch {
    surface.note.textContent = t('no_features');
  }
}
