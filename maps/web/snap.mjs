// Corners and edges of the base map near a spot, so that a drawing meets them. Reads the tiles that are shown.
import VectorTileLayer from 'ol/layer/VectorTile.js';

// From this zoom on what the tiles hold is exact to a decimetre, and a pixel is less than a metre.
const ZOOM_LEAST = 16.5;
const LAYERS = ['building', 'parcel', 'street', 'public_space'];

function nearestOnEdge([x, y], ax, ay, bx, by) {
  const dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / square, 0), 1);
  return [ax + along * dx, ay + along * dy];
}

export class Snap {
  constructor(map) {
    this.map = map;
    this.on = true;
  }

  get able() { return this.map.getView().getZoom() >= ZOOM_LEAST; }

  features(extent) {
    return this.map.getLayers().getArray().filter((layer) => layer instanceof VectorTileLayer)
      .flatMap((layer) => layer.getFeaturesInExtent(extent)).filter((feature) => LAYERS.includes(feature.get('layer')));
  }

  // {at, to: name of a layer or "own"} or null. A corner wins over an edge; own: vertices of what is being drawn.
  near(at, tolerance_px, own = []) {
    if (!this.on || !this.able) return null;
    const within = tolerance_px * this.map.getView().getResolution();
    let corner = { distance: within, found: null }, edge = { distance: within, found: null };
    const closer = (best, there, to) => {
      const distance = Math.hypot(there[0] - at[0], there[1] - at[1]);
      return distance < best.distance ? { distance, found: { at: there, to } } : best;
    };
    for (const vertex of own) corner = closer(corner, vertex, 'own');
    for (const feature of this.features([at[0] - within, at[1] - within, at[0] + within, at[1] + within])) {
      const flat = feature.getFlatCoordinates(), to = feature.get('layer');
      let from = 0;
      for (const end of feature.getEnds() ?? []) {
        for (let i = from; i < end; i += 2) {
          corner = closer(corner, [flat[i], flat[i + 1]], to);
          if (i + 3 < end) edge = closer(edge, nearestOnEdge(at, flat[i], flat[i + 1], flat[i + 2], flat[i + 3]), to);
        }
        from = end;
      }
    }
    return corner.found ?? edge.found;
  }
}
