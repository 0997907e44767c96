// Coordinates as people write them.

// Degrees, or degrees and minutes, or those and seconds.
const angle = ([degrees, minutes = 0, seconds = 0]) => degrees + minutes / 60 + seconds / 3600;

const METRES_LEAST = 100000; // no angle is that large

// {lonLat} or {metres} (EPSG:5514) or null: "49.7475, 13.3776", "49,7475 13,3776", "49°44'51"N 13°22'39"E",
// "-822000, -1070000", "Y 822000 X 1070000". Which is which is told by size: in Czechia latitude is above longitude, and
// the distance to the south above the one to the west.
export function readCoordinates(text) {
  const found = text.replace(/(\d),(\d)/g, '$1.$2').match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];
  if (found.length !== 2 && found.length !== 4 && found.length !== 6) return null;
  const half = found.length / 2, pair = half === 1 ? found : [angle(found.slice(0, half)), angle(found.slice(half))];
  const [small, large] = pair.map(Math.abs).sort((a, b) => a - b);
  if (half === 1 && small >= METRES_LEAST) return { metres: [-small, -large] };
  const [lon, lat] = pair[0] > pair[1] ? [pair[1], pair[0]] : pair;
  return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { lonLat: [lon, lat] } : null;
}

// [lon, lat] or null.
export async function lonLatOf(text) {
  const read = readCoordinates(text);
  if (!read?.metres) return read?.lonLat ?? null;
  const { fromKrovak } = await import('./krovak.mjs');
  return fromKrovak(read.metres);
}
