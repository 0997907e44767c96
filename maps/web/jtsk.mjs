// EPSG:5514 as a projection that OpenLayers knows, for tiles that a survey office has cut in it.
import Projection from 'ol/proj/Projection.js';
import { addCoordinateTransforms, addProjection, fromLonLat, toLonLat } from 'ol/proj.js';
import { fromKrovak, toKrovak } from './krovak.mjs';

let made;
export function jtsk() {
  if (made) return made;
  made = new Projection({ code: 'EPSG:5514', units: 'm', extent: [-951499, -1276279, -159365, -983013], worldExtent: [12.09, 47.73, 22.56, 51.06] });
  addProjection(made);
  addCoordinateTransforms('EPSG:3857', made, (at) => toKrovak(toLonLat(at)), (at) => fromLonLat(fromKrovak(at)));
  return made;
}
