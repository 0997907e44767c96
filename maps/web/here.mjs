// Where the person is: asked only when they ask, with its accuracy drawn, and only inside the city.
import { containsCoordinate } from 'ol/extent.js';
import { fromLonLat } from 'ol/proj.js';
import { circleAround } from './kinds.mjs';
import { number, t } from './texts.mjs';

const ACCURATE_M = 50, WAIT_MS = 15000;

// button: busy while it waits; found(at, exact): false where nothing can be placed; tell(text).
export function findMe({ button, surface, marks, found, tell }) {
  if (!navigator.geolocation) {
    tell(t('gps_none'));
    return;
  }
  const done = (text) => {
    button.removeAttribute('aria-busy');
    tell(text);
  };
  button.setAttribute('aria-busy', 'true');
  tell(t('gps_wait'));
  navigator.geolocation.getCurrentPosition(({ coords: { longitude, latitude, accuracy } }) => {
    const at = fromLonLat([longitude, latitude]), metres = number(Math.max(1, Math.round(accuracy)));
    if (surface.city && !containsCoordinate(surface.city, at)) {
      done(t('gps_outside'));
      return;
    }
    const exact = accuracy <= ACCURATE_M, circle = circleAround(at, Math.max(accuracy, 1));
    marks.show('accuracy', circle);
    if (exact) surface.show(at, 18);
    else surface.fit(circle.getExtent(), 17);
    done(t(found(at, exact) ? 'gps_done' : 'gps_rough', { metres }));
  }, ({ code }) => done(t(code === 1 ? 'gps_denied' : 'gps_failed')), { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 });
}
