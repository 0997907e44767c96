// The place being named: a point, or the vertices of a line or an area, with everything that may be done to it.
// Knows neither map nor page. Coordinates are EPSG:3857; GeoJSON is EPSG:4326 with 7 decimals.
import { toLonLat, fromLonLat } from 'ol/proj.js';
import { getArea, getLength } from 'ol/sphere.js';
import { LineString, Point, Polygon } from 'ol/geom.js';

const KINDS = {
  point: { needs: 1, most: 1 },
  line: { needs: 2, most: 200 },
  area: { needs: 3, most: 200 },
};
// The sphere that fits the ellipsoid at this latitude: areas agree with the map sheet to 0.05 %, not 0.4 %.
function radiusAt(latitude) {
  const square = 0.00669438 * Math.sin((latitude * Math.PI) / 180) ** 2;
  const meridian = (6378137 * (1 - 0.00669438)) / (1 - square) ** 1.5;
  return Math.sqrt((meridian * 6378137) / Math.sqrt(1 - square));
}
const round = (value) => Math.round(value * 1e7) / 1e7;
export const lonLat = (at) => toLonLat(at).map(round);

export class Place {
  constructor(kinds) {
    this.kinds = kinds.filter((kind) => kind in KINDS);
    if (this.kinds.length === 0) this.kinds = ['point'];
    this.kind = this.kinds[0];
    this.vertices = [];
    this.closed = false; // an area or a line that the person has declared done
    this.past = [];
    this.listeners = [];
  }

  onChange(listener) { this.listeners.push(listener); }

  change(what, work) {
    this.past.push({ kind: this.kind, vertices: this.vertices.map((each) => [...each]), closed: this.closed });
    if (this.past.length > 100) this.past.shift();
    work();
    this.tell(what);
  }

  tell(what) { for (const listener of this.listeners) listener(what); }

  get enough() { return this.vertices.length >= KINDS[this.kind].needs; }
  get complete() { return this.kind === 'point' ? this.enough : this.enough && this.closed; }
  get empty() { return this.vertices.length === 0; }
  get drawing() { return this.kind !== 'point' && !this.closed && !this.empty; }

  setKind(kind) {
    if (kind === this.kind || !this.kinds.includes(kind)) return;
    this.change('kind', () => { Object.assign(this, { kind, vertices: [], closed: false }); });
  }

  // A point is put where it is wanted, instead of the one before; a vertex is added to what is being drawn.
  add(at) {
    const last = this.vertices.at(-1);
    if (this.kind !== 'point' && (this.closed || this.vertices.length >= KINDS[this.kind].most)) return false;
    if (this.kind !== 'point' && last && Math.hypot(last[0] - at[0], last[1] - at[1]) < 0.05) return false; // a double click
    this.change('add', () => { this.vertices = this.kind === 'point' ? [[...at]] : [...this.vertices, [...at]]; });
    return true;
  }

  insert(index, at) { this.change('insert', () => this.vertices.splice(index, 0, [...at])); }

  // While a vertex is being dragged: not a step of its own. The step was made by grab.
  grab() { this.past.push({ kind: this.kind, vertices: this.vertices.map((each) => [...each]), closed: this.closed }); }
  drag(index, at) { this.vertices[index] = [...at]; this.tell('drag'); }
  drop() { this.tell('move'); }

  remove(index) {
    if (!(index in this.vertices)) return;
    this.change('remove', () => {
      this.vertices.splice(index, 1);
      if (!this.enough) this.closed = false;
    });
  }

  removeLast() { this.remove(this.vertices.length - 1); }

  close() {
    if (this.kind === 'point' || this.closed || !this.enough) return false;
    this.change('close', () => { this.closed = true; });
    return true;
  }

  clear() { if (!this.empty) this.change('clear', () => { this.vertices = []; this.closed = false; }); }

  undo() {
    const before = this.past.pop();
    if (!before) return false;
    Object.assign(this, before);
    this.tell('undo');
    return true;
  }

  geometry() {
    if (this.empty) return null;
    if (this.kind === 'point') return new Point(this.vertices[0]);
    if (this.kind === 'area' && this.closed) return new Polygon([[...this.vertices, this.vertices[0]]]);
    return new LineString(this.vertices);
  }

  // The area as it would be if it were closed now: shown while it grows.
  area_m2() {
    if (this.kind !== 'area' || this.vertices.length < 3) return 0;
    const radius = radiusAt(toLonLat(this.vertices[0])[1]);
    return getArea(new Polygon([[...this.vertices, this.vertices[0]]]), { radius });
  }

  length_m() {
    if (this.kind !== 'line' || this.vertices.length < 2) return 0;
    return getLength(new LineString(this.vertices), { radius: radiusAt(toLonLat(this.vertices[0])[1]) });
  }

  geojson() {
    if (!this.complete) return null;
    const all = this.vertices.map(lonLat);
    if (this.kind === 'point') return { type: 'Point', coordinates: all[0] };
    if (this.kind === 'line') return { type: 'LineString', coordinates: all };
    // RFC 7946: the outer ring runs counter-clockwise.
    const turn = all.reduce((sum, [x, y], i) => {
      const [nx, ny] = all[(i + 1) % all.length];
      return sum + x * ny - nx * y;
    }, 0);
    const ring = turn < 0 ? [...all].reverse() : all;
    return { type: 'Polygon', coordinates: [[...ring, ring[0]]] };
  }

  // Takes over a stored or typed value; false where it is not a place of an allowed kind.
  read(value) {
    const geometry = value?.type === 'Feature' ? value.geometry : value;
    const kind = { Point: 'point', LineString: 'line', Polygon: 'area' }[geometry?.type];
    if (!kind || !this.kinds.includes(kind)) return false;
    const list = kind === 'point' ? [geometry.coordinates] : kind === 'line' ? geometry.coordinates : geometry.coordinates[0].slice(0, -1);
    if (!list.every((each) => Array.isArray(each) && each.length >= 2 && each.slice(0, 2).every(Number.isFinite))) return false;
    Object.assign(this, { kind, closed: kind !== 'point', vertices: list.map((each) => fromLonLat(each.slice(0, 2))) });
    this.tell('read');
    return true;
  }
}

// "49.7475, 13.3776", "49,7475 13,3776", "49.7475 N, 13.3776 E"; which is which is told by size: the portal's
// cities lie where latitude is above longitude.
export function readCoordinates(text) {
  const found = text.replace(/(\d),(\d)/g, '$1.$2').match(/-?\d+(?:\.\d+)?/g)?.map(Number);
  if (found?.length !== 2) return null;
  const [a, b] = found;
  const [lat, lon] = a > b ? [a, b] : [b, a];
  return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}
