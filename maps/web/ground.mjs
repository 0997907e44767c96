// Pictures of the ground from outside (aerial, cadastre): whatever kind of service it is, the portal describes
// it as a template of addresses by tile.
import TileLayer from 'ol/layer/Tile.js';
import TileImage from 'ol/source/TileImage.js';
import TileGrid from 'ol/tilegrid/TileGrid.js';
import { createXYZ } from 'ol/tilegrid.js';
import { get as projection } from 'ol/proj.js';

const GIVE_UP = 4; // tiles failed and none there

function gridOf({ grid, min_zoom: minZoom = 0, max_zoom: maxZoom = 19, tile_size: tileSize = 256 }) {
  if (!grid) return createXYZ({ minZoom, maxZoom, tileSize });
  return new TileGrid({ origin: grid.origin, resolutions: grid.resolutions, minZoom, tileSize });
}

export async function groundLayer(info, { failed }) {
  const jtsk = info.grid && (await import('./jtsk.mjs')).jtsk();
  const tileGrid = gridOf(info);
  const source = new TileImage({
    projection: jtsk || projection('EPSG:3857'),
    tileGrid,
    wrapX: false,
    tileUrlFunction: (at) => at && info.url.replace(/\{(z|x|y|bbox-epsg-3857)\}/g, (whole, name) => ({
      z: () => at[0], x: () => at[1], y: () => at[2], 'bbox-epsg-3857': () => tileGrid.getTileCoordExtent(at).join(','),
    })[name]()),
  });
  let there = 0, lost = 0;
  source.on('tileloadend', () => { there += 1; });
  source.on('tileloaderror', () => {
    lost += 1;
    if (there === 0 && lost === GIVE_UP) failed();
  });
  return new TileLayer({ source, opacity: 1, zIndex: info.overlay ? 1 : -1, background: info.overlay ? undefined : '#8d8f88' });
}
