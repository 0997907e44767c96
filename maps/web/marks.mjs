// How a place looks on the map, and how its vertices are grabbed.
import PointerInteraction from 'ol/interaction/Pointer.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import Feature from 'ol/Feature.js';
import { Point } from 'ol/geom.js';
import { Circle, Fill, Icon, Stroke, Style } from 'ol/style.js';
import { KINDS, anchorOf, complete, geometryOf } from './kinds.mjs';
import { onScheme, palette } from './palette.mjs';

const FINGER_PX = 24, MOUSE_PX = 14, PIN_MIDDLE_PX = 22;
export const toleranceOf = ({ pointerType }) => (pointerType === 'touch' ? FINGER_PX : MOUSE_PX);

const eye = (edge) => `<circle cx="17" cy="16" r="5" fill="${edge}"/>`;
const numeral = (edge, number) => `<text x="17" y="21.500" text-anchor="middle" font-family="system-ui,sans-serif" font-size="15" font-weight="700" fill="${edge}">${Number(number)}</text>`;
const pinImage = (colour, edge, number) => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="34" height="44" viewBox="0 0 34 44"><path d="M17 42C8 30 3 23 3 16a14 14 0 0 1 28 0c0 7-5 14-14 26z" fill="${colour}" stroke="${edge}" stroke-width="2.500"/>${number ? numeral(edge, number) : eye(edge)}</svg>`)}`;

export function placeStyles(colours = palette()) {
  const { mark, markEdge, markFill } = colours, pins = new Map();
  const line = (color, width, zIndex, more) => new Style({ stroke: new Stroke({ color, width, ...more }), zIndex });
  const pin = (number = 0, chosen = false) => {
    const key = `${number}-${chosen}`;
    if (!pins.has(key)) pins.set(key, new Style({ image: new Icon({ src: pinImage(mark, markEdge, number), anchor: [0.5, 0.96], scale: chosen ? 1.15 : 1 }), zIndex: chosen ? 23 : 20 }));
    return pins.get(key);
  };
  return {
    pin,
    shape: [line(markEdge, 6, 10), new Style({ stroke: new Stroke({ color: mark, width: 3 }), fill: new Fill({ color: markFill }), zIndex: 11 })],
    sketch: [line(markEdge, 5, 10), line(mark, 3, 11, { lineDash: [8, 6] })],
    rubber: [line(markEdge, 4, 10), line(mark, 2, 11, { lineDash: [3, 6] })],
    vertex: new Style({ image: new Circle({ radius: 8, fill: new Fill({ color: markEdge }), stroke: new Stroke({ color: mark, width: 3 }) }), zIndex: 21 }),
    held: new Style({ image: new Circle({ radius: 10, fill: new Fill({ color: mark }), stroke: new Stroke({ color: markEdge, width: 3 }) }), zIndex: 22 }),
    middle: new Style({ image: new Circle({ radius: 5, fill: new Fill({ color: mark }), stroke: new Stroke({ color: markEdge, width: 2 }) }), zIndex: 20 }),
    catch: new Style({ image: new Circle({ radius: 7, stroke: new Stroke({ color: colours.other, width: 3 }) }), zIndex: 24 }),
    found: [
      new Style({ image: new Circle({ radius: 9, fill: new Fill({ color: colours.other }), stroke: new Stroke({ color: markEdge, width: 3 }) }), zIndex: 9 }),
      new Style({ image: new Circle({ radius: 15, stroke: new Stroke({ color: colours.other, width: 2 }) }), zIndex: 9 }),
    ],
    accuracy: new Style({ stroke: new Stroke({ color: colours.other, width: 2 }), fill: new Fill({ color: 'rgba(60,120,200,.14)' }), zIndex: 8 }),
  };
}

export class Marks {
  // paths: routes along streets by their waypoints (see route.mjs).
  constructor(map, place, paths) {
    Object.assign(this, { map, place, paths, source: new VectorSource(), asides: new VectorSource(), aside: {}, styles: placeStyles() });
    const live = { updateWhileInteracting: true, updateWhileAnimating: true };
    map.addLayer(new VectorLayer({ source: this.asides, zIndex: 9, ...live }));
    map.addLayer(new VectorLayer({ source: this.source, zIndex: 10, ...live }));
    onScheme(() => {
      this.styles = placeStyles();
      this.draw();
      for (const each of Object.values(this.aside)) each.setStyle(this.styles[each.get('style')]);
    });
    place.onChange(() => this.draw());
    map.addInteraction(this.dragging());
    this.letFingersDrag();
  }

  // What stands on the map for a while: the next edge, what is snapped to, where a search led, how exact the GPS is.
  show(name, geometry, style = name) {
    if (this.aside[name]) this.asides.removeFeature(this.aside[name]);
    delete this.aside[name];
    if (!geometry) return;
    const feature = new Feature({ geometry, style });
    feature.setStyle(this.styles[style]);
    this.aside[name] = feature;
    this.asides.addFeature(feature);
  }

  draw() {
    const { place, styles } = this;
    this.source.clear(true);
    const add = (geometry, style) => {
      const feature = new Feature(geometry);
      feature.setStyle(style);
      this.source.addFeature(feature);
    };
    place.features.forEach((feature, i) => {
      const row = KINDS[feature.kind], chosen = feature.id === place.current, number = place.several ? i + 1 : 0;
      const geometry = geometryOf(feature, this.paths.of(feature));
      if (row.most === 1 && !row.round) add(geometry, chosen && place.held === 0 ? [styles.pin(number, true), styles.held] : styles.pin(number, chosen && Boolean(place.several)));
      else if (geometry instanceof Point) add(geometry, styles.vertex);
      else {
        add(geometry, complete(feature) || feature.kind === 'line' ? styles.shape : styles.sketch);
        if (number && complete(feature)) add(new Point(anchorOf(geometry)), styles.pin(number, chosen));
      }
      if (chosen) this.drawHandles(feature, add);
    });
  }

  drawHandles(feature, add) {
    const { place, styles } = this;
    const handles = this.handles(feature);
    if (complete(feature)) for (const { at } of this.middles(feature)) add(new Point(at), styles.middle);
    if (KINDS[feature.kind].most === 1 && !KINDS[feature.kind].round) return;
    handles.forEach((at, i) => add(new Point(at), i === place.held ? styles.held : styles.vertex));
  }

  // What can be taken hold of: the vertices; of a circle its middle and its edge.
  handles(feature) {
    const row = KINDS[feature.kind];
    if (row.chosen || (feature.kind === 'address' && !this.place.kinds.includes('point'))) return [];
    if (!row.round || !(feature.radius_m > 0)) return feature.vertices;
    return [feature.vertices[0], geometryOf(feature).getLinearRing(0).getCoordinates().reduce((best, at) => (at[0] > best[0] ? at : best))];
  }

  // Where an edge may be bent: its middle. A route bends along its streets.
  middles({ vertices, kind }) {
    const row = KINDS[kind];
    if (row.chosen || row.most === 1 || kind === 'route' || vertices.length >= row.most) return [];
    return vertices.map((from, i) => {
      const to = vertices[(i + 1) % vertices.length];
      return { index: i + 1, at: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] };
    }).slice(0, row.ring ? undefined : -1);
  }

  near(pixel, at, tolerance) {
    const there = this.map.getPixelFromCoordinate(at);
    return there && Math.hypot(there[0] - pixel[0], there[1] - pixel[1]) <= tolerance;
  }

  // The index of the vertex of the current feature under a pixel, or -1.
  vertexAt(pixel, tolerance) {
    const { feature } = this.place;
    if (!feature) return -1;
    const pin = KINDS[feature.kind].most === 1 && !KINDS[feature.kind].round; // is grabbed by its head
    const handles = this.handles(feature).map((at, i) => ({ at, i })).reverse(); // the edge of a small circle before its middle
    return handles.find(({ at }) => this.near(pin ? [pixel[0], pixel[1] + PIN_MIDDLE_PX] : pixel, at, pin ? tolerance + 6 : tolerance))?.i ?? -1;
  }

  middleAt(pixel, tolerance) {
    const { feature } = this.place;
    return feature && complete(feature) ? this.middles(feature).find(({ at }) => this.near(pixel, at, tolerance)) : undefined;
  }

  // The feature under a pixel: its pin, its edge, or inside of it.
  featureAt(pixel, tolerance) {
    const at = this.map.getCoordinateFromPixel(pixel);
    return this.place.features.filter(complete).reverse().find((feature) => {
      const row = KINDS[feature.kind];
      if (row.most === 1 && !row.round) return this.near([pixel[0], pixel[1] + PIN_MIDDLE_PX], feature.vertices[0], tolerance + 6);
      const geometry = geometryOf(feature, this.paths.of(feature));
      return geometry.intersectsCoordinate(at) || this.near(pixel, geometry.getClosestPoint(at), tolerance);
    }) ?? null;
  }

  // Another pin is taken hold of at once, not only after it has been chosen.
  pickPin(pixel, tolerance) {
    const { place } = this, other = place.sketch ? null : this.featureAt(pixel, tolerance);
    if (!other || other.id === place.current || KINDS[other.kind].most !== 1 || KINDS[other.kind].round) return false;
    place.select(other.id);
    return this.handles(other).length > 0;
  }

  dragging() {
    const marks = this, { place } = this;
    let index = -1, at = null;
    const interaction = new PointerInteraction({
      handleDownEvent({ originalEvent, pixel }) {
        const tolerance = toleranceOf(originalEvent);
        at = null;
        index = marks.vertexAt(pixel, tolerance);
        if (index < 0 && marks.pickPin(pixel, tolerance)) index = 0;
        if (index < 0) {
          const middle = marks.middleAt(pixel, tolerance);
          if (middle) {
            place.insert(middle.index, middle.at);
            ({ index } = middle);
          }
        }
        return index >= 0;
      },
      handleDragEvent({ coordinate }) {
        if (!at) place.grab();
        at = marks.snapped?.(coordinate) ?? coordinate;
        place.drag(index, at);
      },
      handleUpEvent() {
        if (at) place.drop(index, at);
        at = null;
        return false;
      },
      stopDown: (taken) => taken,
    });
    this.map.getViewport().addEventListener('pointercancel', () => {
      if (at) place.letGo();
      at = null;
    });
    return interaction;
  }

  // One finger scrolls the page, unless it has taken hold of a vertex.
  letFingersDrag() {
    const viewport = this.map.getViewport();
    viewport.addEventListener('touchstart', (event) => {
      if (event.touches.length !== 1) return;
      const pixel = this.map.getEventPixel(event.touches[0]);
      if (this.vertexAt(pixel, FINGER_PX) >= 0 || this.middleAt(pixel, FINGER_PX)) event.preventDefault();
    }, { passive: false });
  }
}
