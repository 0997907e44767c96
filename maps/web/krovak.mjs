// S-JTSK / Krovak East North (EPSG:5514) to WGS 84 (EPSG:4326), by EPSG's method 9819 and the operation "S-JTSK to
// WGS 84 (5)" that the server uses. For coordinates typed by hand alone, so it is loaded when it is wanted; what is
// sent is judged by the server in any case.
const RAD = Math.PI / 180, SEC = RAD / 3600;
const BESSEL = { a: 6377397.155, f: 1 / 299.1528128 }, WGS84 = { a: 6378137, f: 1 / 298.257223563 };
const LAT_CENTRE = 49.5 * RAD, LON_ORIGIN = (24 + 50 / 60) * RAD, TILT = 30.2881397527778 * RAD, LAT_CONE = 78.5 * RAD, SCALE = 0.9999;
// Shift in metres, turn in seconds (position vector), scale.
const SHIFT = [572.213, 85.334, 461.94], TURN = [4.9732 * SEC, 1.529 * SEC, 5.2484 * SEC], STRETCH = 1 + 3.5378e-6;

const square = ({ f }) => f * (2 - f);
const pole = (angle) => Math.tan(Math.PI / 4 + angle / 2);

function toBessel([east, north]) {
  const e = Math.sqrt(square(BESSEL)), bend = (lat) => ((1 + e * Math.sin(lat)) / (1 - e * Math.sin(lat))) ** (e / 2);
  const A = (BESSEL.a * Math.sqrt(1 - e * e)) / (1 - (e * Math.sin(LAT_CENTRE)) ** 2);
  const B = Math.sqrt(1 + (e * e * Math.cos(LAT_CENTRE) ** 4) / (1 - e * e));
  const sphere = Math.asin(Math.sin(LAT_CENTRE) / B), t = (pole(sphere) * bend(LAT_CENTRE) ** B) / pole(LAT_CENTRE) ** B;
  const n = Math.sin(LAT_CONE), r0 = (SCALE * A) / Math.tan(LAT_CONE);
  const T = 2 * (Math.atan((r0 / Math.hypot(east, north)) ** (1 / n) * pole(LAT_CONE)) - Math.PI / 4), D = Math.atan2(-east, -north) / n;
  const U = Math.asin(Math.cos(TILT) * Math.sin(T) - Math.sin(TILT) * Math.cos(T) * Math.cos(D));
  const V = Math.asin((Math.cos(T) * Math.sin(D)) / Math.cos(U));
  let lat = U;
  for (let i = 0; i < 6; i++) lat = 2 * (Math.atan(t ** (-1 / B) * pole(U) ** (1 / B) * bend(lat)) - Math.PI / 4);
  return [LON_ORIGIN - V / B, lat];
}

function toSpace([lon, lat], ellipsoid) {
  const e2 = square(ellipsoid), n = ellipsoid.a / Math.sqrt(1 - e2 * Math.sin(lat) ** 2);
  return [n * Math.cos(lat) * Math.cos(lon), n * Math.cos(lat) * Math.sin(lon), n * (1 - e2) * Math.sin(lat)];
}

function fromSpace([x, y, z], ellipsoid) {
  const e2 = square(ellipsoid), p = Math.hypot(x, y);
  let lat = Math.atan2(z, p * (1 - e2));
  for (let i = 0; i < 6; i++) lat = Math.atan2(z + (e2 * ellipsoid.a * Math.sin(lat)) / Math.sqrt(1 - e2 * Math.sin(lat) ** 2), p);
  return [Math.atan2(y, x), lat];
}

// [easting, northing], both negative in Czechia, to [lon, lat].
export function fromKrovak(metres) {
  const [x, y, z] = toSpace(toBessel(metres), BESSEL), [rx, ry, rz] = TURN;
  const turned = [x - rz * y + ry * z, rz * x + y - rx * z, -ry * x + rx * y + z];
  return fromSpace(turned.map((each, i) => each * STRETCH + SHIFT[i]), WGS84).map((angle) => angle / RAD);
}
