// The place that a photo was taken at, read from its EXIF in the page: the photo is sent nowhere. JPEG, HEIC, WebP and
// TIFF keep the same block, so it is looked for by its mark and not by the format around it. Loaded when it is wanted.

const READ_MOST = 4 << 20; // the block stands near the beginning
const GPS = 0x8825, SOUTH_WEST = 'SW', ENTRIES_MOST = 200;

// Where TIFF begins: behind "Exif\0\0", or at the start of the file.
function tiffStart(bytes) {
  const begins = (at) => (bytes[at] === 0x49 && bytes[at + 1] === 0x49 && bytes[at + 2] === 42 && bytes[at + 3] === 0) ||
    (bytes[at] === 0x4d && bytes[at + 1] === 0x4d && bytes[at + 2] === 0 && bytes[at + 3] === 42);
  if (begins(0)) return 0;
  for (let at = bytes.indexOf(0x45); at >= 0; at = bytes.indexOf(0x45, at + 1)) {
    if (bytes[at + 1] === 0x78 && bytes[at + 2] === 0x69 && bytes[at + 3] === 0x66 && bytes[at + 4] === 0 && bytes[at + 5] === 0 && begins(at + 6)) return at + 6;
  }
  return -1;
}

// The entries of a directory: tag → {type, count, at}. DataView throws where the block is cut off.
function directory(view, at, little) {
  const all = new Map(), count = Math.min(view.getUint16(at, little), ENTRIES_MOST);
  for (let i = 0; i < count; i++) {
    const entry = at + 2 + i * 12;
    all.set(view.getUint16(entry, little), { entry, value: view.getUint32(entry + 8, little) });
  }
  return all;
}

function degrees(view, little, directions, parts) {
  if (!directions || !parts) return NaN;
  const part = (i) => view.getUint32(parts.value + i * 8, little) / view.getUint32(parts.value + i * 8 + 4, little);
  const value = part(0) + part(1) / 60 + (part(2) || 0) / 3600;
  return SOUTH_WEST.includes(String.fromCharCode(view.getUint8(directions.entry + 8))) ? -value : value;
}

// [lon, lat] or null where the bytes hold none.
export function placeIn(buffer) {
  const start = tiffStart(new Uint8Array(buffer));
  if (start < 0) return null;
  try {
    const view = new DataView(buffer, start), little = view.getUint8(0) === 0x49;
    const gps = directory(view, view.getUint32(4, little), little).get(GPS);
    if (!gps) return null;
    const all = directory(view, gps.value, little);
    const at = [degrees(view, little, all.get(3), all.get(4)), degrees(view, little, all.get(1), all.get(2))];
    const sound = at.every(Number.isFinite) && Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 85 && (at[0] !== 0 || at[1] !== 0);
    return sound ? at : null;
  } catch {
    return null;
  }
}

export const placeOf = async (file) => placeIn(await file.slice(0, READ_MOST).arrayBuffer());
