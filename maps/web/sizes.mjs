// Sizes in words.
import { measure } from './kinds.mjs';
import { number, t } from './texts.mjs';

const metres = (value) => (value < 1000 ? t('length_m', { length: number(value, value < 100 ? 1 : 0) }) : t('length_km', { length: number(value / 1000, 2) }));

// "1 250 m², obvod 142 m"; "" of a point.
export function sizesOf(feature, path) {
  const { area_m2: area, perimeter_m: perimeter, length_m: length, radius_m: radius } = measure(feature, path);
  return [
    area > 0 ? t('area_m2', { area: number(area, area < 100 ? 1 : 0) }) : null,
    perimeter > 0 ? t('perimeter', { length: metres(perimeter) }) : null,
    radius > 0 ? t('radius', { length: metres(radius) }) : null,
    length > 0 ? metres(length) : null,
  ].filter(Boolean);
}
export const sizeOf = (feature, path) => sizesOf(feature, path)[0] ?? '';
