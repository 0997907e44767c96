// What the city map has at a spot: a parcel, a building, the nearest address.
import { fromLonLat } from 'ol/proj.js';
import { geometryOf, idsOf, lonLat } from './kinds.mjs';
import { lang, t } from './texts.mjs';

const ADDRESS_FAR_M = 100; // farther than this it is not the address that was meant

async function locate(at, more) {
  const [lon, lat] = lonLat(at);
  const answer = await fetch(`/api/v1/locate?${new URLSearchParams({ lon, lat, lang, ...more })}`, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

// {ids, label, geometry} or null where there is none.
export async function shapeAt(at, kind) {
  const { shape, parcel, address } = await locate(at, { shape: kind });
  if (!shape) return null;
  const label = kind === 'parcel' ? [parcel?.number, parcel?.cadastral_area].filter(Boolean).join(', ') : address?.text ?? t('kind_building_one');
  return { ids: shape.ids, label: label || shape.ids.join(', '), geometry: shape.geometry };
}

// The parcels or buildings that a stored place was joined of, each as shapeAt gives it; null where they cannot be told apart.
export async function partsOf(feature) {
  const spots = geometryOf(feature).getInteriorPoints().getCoordinates().map((at) => at.slice(0, 2)), known = idsOf(feature), parts = new Map();
  try {
    for (const shape of await Promise.all(spots.map((at) => shapeAt(at, feature.kind)))) if (shape) parts.set(shape.ids[0], shape);
  } catch {
    return null;
  }
  return parts.size === known.length && known.every((id) => parts.has(id)) ? [...parts.values()] : null;
}

// {ids, label, at} or null.
export async function addressAt(at) {
  const { shape, address } = await locate(at, { shape: 'address' });
  return shape && address.distance_m <= ADDRESS_FAR_M ? { ids: shape.ids, label: address.text, at: fromLonLat(shape.geometry.coordinates) } : null;
}

// What lies there, in few words.
export async function wordsAt(at) {
  const { address, district, in_city: inside } = await locate(at);
  return inside === false ? t('outside') : [address?.text, district?.name].filter(Boolean).join(', ');
}
