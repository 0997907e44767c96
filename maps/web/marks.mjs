// How a place looks on the map, and how its vertices are grabbed.
import PointerInteraction from 'ol/interaction/Pointer.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import Feature from 'ol/Feature.js';
import { Point } from 'ol/geom.js';
import { Circle, Fill, Icon, Stroke, Style } from 'ol/style.js';
import { onScheme, palette } from './palette.mjs';

const pinImage = (colour, edge) => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="34" height="44" viewBox="0 0 34 44"><path d="M17 42C8 30 3 23 3 16a14 14 0 0 1 28 0c0 7-5 14-14 26z" fill="${colour}" stroke="${edge}" stroke-width="2.500"/><circle cx="17" cy="16" r="5" fill="${edge}"/></svg>`)}`;

export function placeStyles(colours = palette()) {
  return {
    pin: new Style({ image: new Icon({ src: pinImage(colours.mark, colours.markEdge), anchor: [0.5, 0.96] }), zIndex: 20 }),
    shape: [
      new Style({ stroke: new Stroke({ color: colours.markEdge, width: 6 }), zIndex: 10 }),
      new Style({ stroke: new Stroke({ color: colours.mark, width: 3 }), fill: new Fill({ color: colours.markFill }), zIndex: 11 }),
    ],
    sketch: [
      new Style({ stroke: new Stroke({ color: colours.markEdge, width: 5 }), zIndex: 10 }),
      new Style({ stroke: new Stroke({ color: colours.mark, width: 3, lineDash: [8, 6] }), zIndex: 11 }),
    ],
    vertex: new Style({ image: new Circle({ radius: 8, fill: new Fill({ color: colours.markEdge }), stroke: new Stroke({ color: colours.mark, width: 3 }) }), zIndex: 21 }),
    middle: new Style({ image: new Circle({ radius: 5, fill: new Fill({ color: colours.mark }), stroke: new Stroke({ color: colours.markEdge, width: 2 }) }), zIndex: 20 }),
  };
}

export const styleOf = (styles, kind, closed) => (kind === 'point' ? styles.pin : closed || kind === 'line' ? styles.shape : styles.sketch);

export class Marks {
  constructor(map, place) {
    Object.assign(this, { map, place, source: new VectorSource(), styles: placeStyles() });
    this.layer = new VectorLayer({ source: this.source, zIndex: 10, updateWhileInteracting: true, updateWhileAnimating: true });
    map.addLayer(this.layer);
    onScheme(() => {
      this.styles = placeStyles();
      this.draw();
    });
    place.onChange(() => this.draw());
    map.addInteraction(this.dragging());
  }

  draw() {
    const { place, styles } = this;
    this.source.clear(true);
    const add = (geometry, style) => {
      const feature = new Feature(geometry);
      feature.setStyle(style);
      this.source.addFeature(feature);
    };
    const geometry = place.geometry();
    if (!geometry) return;
    add(geometry, styleOf(styles, place.kind, place.closed));
    if (place.kind === 'point') return;
    if (place.closed) for (const { at } of this.middles()) add(new Point(at), styles.middle);
    for (const vertex of place.vertices) add(new Point(vertex), styles.vertex);
  }

  // Where an edge may be bent: its middle.
  middles() {
    const { vertices, kind } = this.place;
    return vertices.map((from, i) => {
      const to = vertices[(i + 1) % vertices.length];
      return { index: i + 1, at: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] };
    }).slice(0, kind === 'area' ? undefined : -1);
  }

  near(pixel, at, tolerance) {
    const there = this.map.getPixelFromCoordinate(at);
    return there && Math.hypot(there[0] - pixel[0], there[1] - pixel[1]) <= tolerance;
  }

  vertexAt(pixel, tolerance) {
    return this.place.vertices.findIndex((each) => this.near(pixel, each, tolerance));
  }

  dragging() {
    const marks = this;
    let index = -1, moved = false;
    return new PointerInteraction({
      handleDownEvent({ originalEvent, pixel }) {
        const { place } = marks;
        const tolerance = originalEvent.pointerType === 'touch' ? 24 : 14;
        moved = false;
        if (place.kind === 'point') {
          index = place.empty ? -1 : marks.near([pixel[0], pixel[1] + 16], place.vertices[0], tolerance + 6) ? 0 : -1;
          return index === 0;
        }
        index = marks.vertexAt(pixel, tolerance);
        if (index < 0 && place.closed) {
          const middle = marks.middles().find(({ at }) => marks.near(pixel, at, tolerance));
          if (middle) {
            place.insert(middle.index, middle.at);
            ({ index } = middle);
          }
        }
        return index >= 0;
      },
      handleDragEvent({ coordinate }) {
        if (!moved) marks.place.grab();
        moved = true;
        marks.place.drag(index, coordinate);
      },
      handleUpEvent() {
        if (moved) marks.place.drop();
        return false;
      },
      stopDown: (taken) => taken,
    });
  }
}
