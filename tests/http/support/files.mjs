// Small real files, and files that only look like ones: made here, byte by byte.
import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const be = (value, bytes) => { const out = Buffer.alloc(bytes); out.writeUIntBE(value, 0, bytes); return out; };
const le = (value, bytes) => { const out = Buffer.alloc(bytes); out.writeUIntLE(value, 0, bytes); return out; };
const crc = crc32 ?? ((bytes) => { let c = ~0; for (const b of bytes) { c ^= b; for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; } return ~c >>> 0; });
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

export const pdf = (inside = '') => Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n${inside}\ntrailer<</Root 1 0 R>>\n%%EOF\n`);

const chunk = (type, data) => Buffer.concat([be(data.length, 4), Buffer.from(type), data, be(crc(Buffer.concat([Buffer.from(type), data])), 4)]);
export function png({ width = 1, height = 1, more = [], behind = '' } = {}) {
  const head = Buffer.concat([be(width, 4), be(height, 4), Buffer.from([8, 2, 0, 0, 0])]);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), ...more.map(([type, text]) => chunk(type, Buffer.from(text))),
    chunk('IDAT', deflateSync(Buffer.from([0, 255, 0, 0]))), chunk('IEND', Buffer.alloc(0)), Buffer.from(behind)]);
}

// A gray point with EXIF in front: a place, a camera, and the picture lying on its side (orientation 6).
const segment = (marker, data) => Buffer.concat([Buffer.from([0xff, marker]), be(data.length + 2, 2), data]);
export const GPS = 'GPS 49.7475 13.3776 Phone of Jana';
export function jpeg({ behind = '', exif = true, comment = '' } = {}) {
  const tiff = Buffer.concat([Buffer.from('II*\0', 'latin1'), le(8, 4), le(1, 2), le(0x112, 2), le(3, 2), le(1, 4), le(6, 4), le(0, 4), Buffer.from(GPS)]);
  const table = Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]);
  const huffman = (kind) => Buffer.concat([Buffer.from([kind, 1]), Buffer.alloc(15), Buffer.from([0])]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
    ...(exif ? [segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]))] : []), ...(comment ? [segment(0xfe, Buffer.from(comment))] : []),
    segment(0xdb, table), segment(0xc0, Buffer.from([8, 0, 8, 0, 8, 1, 1, 0x11, 0])), segment(0xc4, huffman(0)), segment(0xc4, huffman(0x10)),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])), Buffer.from([0x3f, 0xff, 0xd9]), Buffer.from(behind)]);
}

/** Entries [name, content, {unpacked, flags}] as a zip without compression. */
export function zip(entries) {
  const locals = [], directory = [];
  let at = 0;
  for (const [name, content, { unpacked, flags = 0 } = {}] of entries) {
    const data = Buffer.from(content), title = Buffer.from(name), size = unpacked ?? data.length;
    const common = [le(20, 2), le(flags, 2), le(0, 2), le(0, 4), le(crc(data), 4), le(data.length, 4), le(size, 4), le(title.length, 2), le(0, 2)];
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), ...common, title, data]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), le(20, 2), ...common, le(0, 2), le(0, 2), le(0, 2), le(0, 4), le(at, 4), title]));
    locals.push(local);
    at += local.length;
  }
  const all = Buffer.concat(directory);
  return Buffer.concat([...locals, all, Buffer.from('PK\x05\x06', 'latin1'), le(0, 4), le(entries.length, 2), le(entries.length, 2), le(all.length, 4), le(at, 4), le(0, 2)]);
}
export const odt = (more = []) => zip([['mimetype', 'application/vnd.oasis.opendocument.text'], ['content.xml', '<office:document-content/>'], ...more]);
export const docx = (more = []) => zip([['[Content_Types].xml', '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'], ['_rels/.rels', '<Relationships/>'], ['word/document.xml', '<w:document/>'], ...more]);
