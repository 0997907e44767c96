// S-JTSK / Krovak East North (EPSG:5514) to WGS 84 (EPSG:4326) and back, by EPSG's method 9819 and the operation
// "S-JTSK to WGS 84 (5)" that the server uses: for coordinates typed by hand and for tiles cut in it, so it is loaded
// when it is wanted. What is sent is judged by the server in any case.
const RAD = Math.PI / 180, SECOND = RAD / 3600;
const WGS84 = { a: 6378137, e2: 0.00669437999014 };
const BESSEL = { a: 6377397.155, e2: 0.006674372230614 };
// From S-JTSK to WGS 84, position vector: metres, radians, scale.
const SHIFT = { move: [572.213, 85.334, 461.94], turn: [4.9732 * SECOND, 1.529 * SECOND, 5.2484 * SECOND], scale: 1 + 3.5378e-6 };

function toSpace([lon, lat], { a, e2 }) {
  const n = a / Math.sqrt(1 - e2 * Math.sin(lat) ** 2);
  return [n * Math.cos(lat) * Math.cos(lon), n * Math.cos(lat) * Math.sin(lon), n * (1 - e2) * Math.sin(lat)];
}

function fromSpace([x, y, z], { a, e2 }) {
  const p = Math.hypot(x, y);
  let lat = Math.atan2(z, p * (1 - e2));
  for (let i = 0; i < 6; i++) lat = Math.atan2(z + (e2 * a * Math.sin(lat)) / Math.sqrt(1 - e2 * Math.sin(lat) ** 2), p);
  return [Math.atan2(y, x), lat];
}

function shift([x, y, z]) {
  const { move: [dx, dy, dz], turn: [rx, ry, rz], scale } = SHIFT;
  return [dx + scale * (x - rz * y + ry * z), dy + scale * (rz * x + y - rx * z), dz + scale * (-ry * x + rx * y + z)];
}

// The turn is so small that a few rounds of "forward, and off by what is missing" undo it to the micrometre.
function unshift(at) {
  let guess = at;
  for (let i = 0; i < 4; i++) {
    const there = shift(guess);
    guess = guess.map((value, k) => value + at[k] - there[k]);
  }
  return guess;
}

const e = Math.sqrt(BESSEL.e2), PHI_C = 49.5 * RAD, PHI_P = 78.5 * RAD, LAMBDA_0 = 24.8333333333333 * RAD, ALPHA_C = 30.2881397527778 * RAD;
const A = (BESSEL.a * Math.sqrt(1 - BESSEL.e2)) / (1 - BESSEL.e2 * Math.sin(PHI_C) ** 2);
const B = Math.sqrt(1 + (BESSEL.e2 * Math.cos(PHI_C) ** 4) / (1 - BESSEL.e2));
const GAMMA_0 = Math.asin(Math.sin(PHI_C) / B);
const bend = (phi) => ((1 + e * Math.sin(phi)) / (1 - e * Math.sin(phi))) ** ((e * B) / 2);
const half = (angle) => Math.tan(angle / 2 + Math.PI / 4);
const T_0 = (half(GAMMA_0) * bend(PHI_C)) / half(PHI_C) ** B;
const N = Math.sin(PHI_P), R_0 = (0.9999 * A) / Math.tan(PHI_P);

function project([lambda, phi]) {
  const u = 2 * (Math.atan((T_0 * half(phi) ** B) / bend(phi)) - Math.PI / 4), v = B * (LAMBDA_0 - lambda);
  const t = Math.asin(Math.cos(ALPHA_C) * Math.sin(u) + Math.sin(ALPHA_C) * Math.cos(u) * Math.cos(v));
  const d = Math.asin((Math.cos(u) * Math.sin(v)) / Math.cos(t));
  const r = (R_0 * half(PHI_P) ** N) / half(t) ** N, theta = N * d;
  return [-r * Math.sin(theta), -r * Math.cos(theta)]; // westing and southing, both positive, turned round
}

function unproject([x, y]) {
  const r = Math.hypot(x, y), theta = Math.atan2(-x, -y), d = theta / N;
  const t = 2 * (Math.atan((R_0 / r) ** (1 / N) * half(PHI_P)) - Math.PI / 4);
  const u = Math.asin(Math.cos(ALPHA_C) * Math.sin(t) - Math.sin(ALPHA_C) * Math.cos(t) * Math.cos(d));
  const v = Math.asin((Math.cos(t) * Math.sin(d)) / Math.cos(u));
  let phi = u;
  for (let i = 0; i < 6; i++) phi = 2 * (Math.atan((half(u) / T_0) ** (1 / B) * bend(phi) ** (1 / B)) - Math.PI / 4);
  return [LAMBDA_0 - v / B, phi];
}

// [lon, lat] to [easting, northing], both negative in Czechia; and back.
export const toKrovak = ([lon, lat]) => project(fromSpace(unshift(toSpace([lon * RAD, lat * RAD], WGS84)), BESSEL));
export const fromKrovak = (at) => fromSpace(shift(toSpace(unproject(at), BESSEL)), WGS84).map((angle) => angle / RAD);
