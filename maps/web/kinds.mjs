// Every kind of place in one row: how it is drawn, measured, kept and sent. Coordinates are EPSG:3857; GeoJSON is
// EPSG:4326 with 7 decimals. A feature is a plain object that is never changed, only replaced:
//   id, kind, vertices [[x, y]], closed (the person has declared it done), radius_m, ids (of an address), description,
//   shapes of what was chosen on the map ([{ids, label, geometry}]; more ids in one only until they are told apart)
import { fromLonLat, toLonLat } from 'ol/proj.js';
import { getArea, getLength } from 'ol/sphere.js';
import { circular } from 'ol/geom/Polygon.js';
import { LineString, MultiPolygon, Point, Polygon } from 'ol/geom.js';

export const RADIUS_MOST_M = 5000, SHAPES_MOST = 50, DESCRIPTION_MOST = 200;

// needs, most: vertices. of: the kind of field that asks for it. drawn: its value needs no properties.
export const KINDS = {
  point: { needs: 1, most: 1, of: 'point', drawn: true },
  address: { needs: 1, most: 1, of: 'address' },
  line: { needs: 2, most: 200, of: 'line', closes: true, drawn: true },
  area: { needs: 3, most: 200, of: 'area', closes: true, ring: true, drawn: true },
  circle: { needs: 1, most: 1, of: 'area', closes: true, round: true },
  parcel: { chosen: true, of: 'parcel', also: 'area' },
  building: { chosen: true, of: 'area' },
  route: { needs: 2, most: 25, of: 'route', closes: true },
};

// What the buttons offer for the kinds of a field. An address comes from the search or from a point on the map, so it
// has a button only where a point is not asked for.
export function offered(asked) {
  const wanted = Object.entries(KINDS).filter(([kind, { of, also }]) =>
    (asked.includes(of) || asked.includes(also)) && !(kind === 'address' && asked.includes('point')));
  const order = (kind) => { // as the form puts them: the first is the one that is on
    const { of, also } = KINDS[kind], own = asked.indexOf(of);
    return own >= 0 ? own : asked.indexOf(also);
  };
  const kinds = wanted.map(([kind]) => kind).sort((a, b) => order(a) - order(b));
  return kinds.length > 0 ? kinds : ['point'];
}

const round = (value) => Math.round(value * 1e7) / 1e7;
export const lonLat = (at) => toLonLat(at).map(round);

// The sphere that fits the ellipsoid at this latitude: areas agree with the map sheet to 0.05 %, not 0.4 %.
function radiusAt(at) {
  const square = 0.00669438 * Math.sin((toLonLat(at)[1] * Math.PI) / 180) ** 2;
  const meridian = (6378137 * (1 - 0.00669438)) / (1 - square) ** 1.5;
  return Math.sqrt((meridian * 6378137) / Math.sqrt(1 - square));
}
export const metresBetween = (a, b) => getLength(new LineString([a, b]), { radius: radiusAt(a) });

export const enough = ({ kind, vertices, shapes, radius_m }) => {
  const row = KINDS[kind];
  return row.chosen ? shapes.length > 0 : vertices.length >= row.needs && (!row.round || radius_m > 0);
};
export const complete = (feature) => enough(feature) && (!KINDS[feature.kind].closes || feature.closed);

export const circleAround = (at, radius_m) =>
  circular(toLonLat(at), radius_m, 96, radiusAt(at)).transform('EPSG:4326', 'EPSG:3857');

const polygons = (geometry) => (geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates]);
const project = (rings) => rings.map((ring) => ring.map((at) => fromLonLat(at)));

// As it is drawn; a sketch is a line until it is closed. path: of a route, along the streets, where it is known.
export function geometryOf(feature, path) {
  const { kind, vertices, closed, radius_m, shapes } = feature, row = KINDS[kind];
  if (row.chosen) return new MultiPolygon(shapes.flatMap(({ geometry }) => polygons(geometry).map(project)));
  if (row.round) return radius_m > 0 ? circleAround(vertices[0], radius_m) : new Point(vertices[0]);
  if (row.most === 1) return new Point(vertices[0]);
  if (row.ring && closed) return new Polygon([[...vertices, vertices[0]]]);
  return new LineString(path ? path.geometry.coordinates.map((at) => fromLonLat(at)) : vertices);
}

// Where the number of a shape stands.
export function anchorOf(geometry) {
  const point = geometry.getInteriorPoint?.() ?? geometry.getInteriorPoints?.().getPoint(0);
  return point ? point.getCoordinates().slice(0, 2) : geometry.getCoordinateAt(0.5);
}

// {area_m2, perimeter_m, length_m, radius_m}: those that the kind has; of a sketch as if it were done now.
export function measure(feature, path) {
  const { kind, vertices, radius_m, shapes } = feature, row = KINDS[kind];
  if (row.chosen) {
    const whole = geometryOf(feature), radius = radiusAt(whole.getFirstCoordinate());
    const rings = whole.getPolygons().flatMap((each) => each.getLinearRings().map((ring) => new LineString(ring.getCoordinates())));
    return { area_m2: getArea(whole, { radius }), perimeter_m: shapes.length > 1 ? 0 : rings.reduce((sum, ring) => sum + getLength(ring, { radius }), 0) };
  }
  if (row.round) return radius_m > 0 ? { area_m2: Math.PI * radius_m ** 2, radius_m } : {};
  if (row.most === 1 || vertices.length < 2) return {};
  const radius = radiusAt(vertices[0]);
  if (row.ring && vertices.length > 2) {
    const ring = [...vertices, vertices[0]];
    return { area_m2: getArea(new Polygon([ring]), { radius }), perimeter_m: getLength(new LineString(ring), { radius }) };
  }
  return { length_m: path ? path.length_m : getLength(new LineString(vertices), { radius }) };
}

// RFC 7946: the outer ring runs counter-clockwise.
function closedRing(vertices) {
  const all = vertices.map(lonLat);
  const turn = all.reduce((sum, [x, y], i) => {
    const [nx, ny] = all[(i + 1) % all.length];
    return sum + x * ny - nx * y;
  }, 0);
  const ring = turn < 0 ? [...all].reverse() : all;
  return [...ring, ring[0]];
}

function geojsonGeometry({ kind, vertices, shapes }) {
  const row = KINDS[kind];
  if (row.chosen) {
    const all = shapes.flatMap(({ geometry }) => polygons(geometry));
    return all.length === 1 ? { type: 'Polygon', coordinates: all[0] } : { type: 'MultiPolygon', coordinates: all };
  }
  if (row.most === 1) return { type: 'Point', coordinates: lonLat(vertices[0]) };
  if (row.ring) return { type: 'Polygon', coordinates: [closedRing(vertices)] };
  return { type: 'LineString', coordinates: vertices.map(lonLat) };
}

export const idsOf = ({ ids, shapes }) => (shapes.length > 0 ? shapes.flatMap((shape) => shape.ids) : ids);

// A bare geometry where nothing more is to be said of it.
export function geojsonOf(feature, bare) {
  const { kind, description, radius_m } = feature, geometry = geojsonGeometry(feature), ids = idsOf(feature);
  if (bare && KINDS[kind].drawn && !description) return geometry;
  const properties = { kind: KINDS[kind].drawn ? 'drawn' : kind };
  if (ids.length > 0) properties.ids = ids;
  if (KINDS[kind].round) properties.radius_m = Math.round(radius_m * 10) / 10;
  if (description) properties.description = description;
  return { type: 'Feature', geometry, properties };
}

const position = (at) => Array.isArray(at) && at.length >= 2 && at.slice(0, 2).every(Number.isFinite);
const positions = (list) => Array.isArray(list) && list.length > 0 && list.every(position);
const ringed = (list) => Array.isArray(list) && list.length > 0 && list.every(positions);
export const blank = (kind) => ({ kind, vertices: [], closed: false, radius_m: 0, ids: [], shapes: [], description: '' });

// Where the vertices of a kind stand: what the server has drawn along streets or around a middle says so in its properties.
function verticesIn({ type, coordinates }, row, { via, center }) {
  if (row.round && position(center)) return [center];
  if (row.closes && !row.ring && positions(via)) return via;
  if (row.most === 1) return type === 'Point' ? [coordinates] : null;
  if (row.ring) return type === 'Polygon' && ringed(coordinates) ? coordinates[0].slice(0, -1) : null;
  return type === 'LineString' ? coordinates : null;
}

// A stored or typed value into features without ids of their own; [] where it is not a place.
export function featuresOf(value) {
  if (value?.type === 'FeatureCollection') return Array.isArray(value.features) ? value.features.flatMap(featuresOf) : [];
  const geometry = value?.type === 'Feature' ? value.geometry : value, said = (value?.type === 'Feature' && value.properties) || {};
  const { type, coordinates } = geometry ?? {};
  const kind = Object.hasOwn(KINDS, said.kind) ? said.kind : { Point: 'point', LineString: 'line', Polygon: 'area', MultiPolygon: 'parcel' }[type];
  if (!kind) return [];
  const ids = Array.isArray(said.ids) ? said.ids.map(String) : [];
  const feature = { ...blank(kind), closed: true, ids, description: String(said.description ?? ''), radius_m: Number(said.radius_m) || 0 };
  if (KINDS[kind].chosen) {
    const sound = type === 'MultiPolygon' ? Array.isArray(coordinates) && coordinates.every(ringed) : type === 'Polygon' && ringed(coordinates);
    return sound ? [{ ...feature, ids: [], shapes: [{ ids, label: '', geometry }] }] : [];
  }
  const list = verticesIn(geometry, KINDS[kind], said);
  return positions(list) ? [{ ...feature, vertices: list.map((at) => fromLonLat(at.slice(0, 2))) }] : [];
}
