// What the city map has at a spot: a parcel, a building, the nearest address.
import { fromLonLat } from 'ol/proj.js';
import { lonLat } from './kinds.mjs';
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
