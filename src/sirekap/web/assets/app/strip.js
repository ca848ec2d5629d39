// A photograph without anything but its picture, by its bytes alone: no pixel is decoded and none changes.
//
// The same rules as the server's (sirekap.reading.strip): what is kept is named, not what is left out. EXIF with place,
// time and device, XMP, thumbnails, maker notes, colour profiles (they name devices), comments, and all that follows the
// picture are left out. The picture's turn goes with them: the server finds the page in any turn.

const START = 0xd8, SCAN = 0xda, END = 0xd9, JFIF = 0xe0, ADOBE = 0xee, COMMENT = 0xfe;
const FRAMES = [0xc0, 0xc1, 0xc2, 0xc9, 0xca];
const TABLES = [0xc4, 0xcc, 0xdb, 0xdd]; // Huffman, arithmetic, quantisation, restart interval
const MOST_SCANS = 64; // the server reads no JPEG with more
const PNG = [137, 80, 78, 71, 13, 10, 26, 10];
const CHUNKS = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'];

/** {bytes, type} of a JPEG or PNG; null where it is neither, or its structure leaves doubt about what is the picture. */
export function strip(bytes) {
  if (bytes[0] === 0xff && bytes[1] === START) {
    const kept = stripJpeg(bytes);
    return kept && { bytes: kept, type: 'image/jpeg' };
  }
  if (PNG.every((byte, k) => bytes[k] === byte)) {
    const kept = stripPng(bytes);
    return kept && { bytes: kept, type: 'image/png' };
  }
  return null;
}

function joined(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
}

/** The JPEG's picture; null where that is in doubt. */
export function stripJpeg(data) {
  const parts = [data.subarray(0, 2)], once = {};
  let at = 2, scans = 0, frame = false;
  while (at + 2 <= data.length && data[at] === 0xff) {
    const marker = data[at + 1];
    if (marker === 0xff) { at += 1; continue; }
    if (marker === END) return scans > 0 && frame ? joined([...parts, new Uint8Array([0xff, END])]) : null;
    const end = at + 2 + ((data[at + 2] << 8) | data[at + 3]);
    if (!(end >= at + 4) || end > data.length) return null;
    const kept = keptOf(marker, data.subarray(at, end));
    if (!kept || (kept.length && once[marker] && (marker === JFIF || marker === ADOBE))) return null;
    if (kept.length) { once[marker] = true; parts.push(kept); }
    if (FRAMES.indexOf(marker) >= 0) frame = true;
    at = end;
    if (marker === SCAN) {
      scans += 1;
      if (scans > MOST_SCANS) return null;
      at = nextMarker(data, end);
      parts.push(data.subarray(end, at));
    }
  }
  return null;
}

/** Where the next marker stands that is no restart within a scan. */
function nextMarker(data, from) {
  for (let at = from; at + 1 < data.length; at += 1) {
    if (data[at] !== 0xff) continue;
    const code = data[at + 1];
    if (code !== 0 && code !== 0xff && (code & 0xf8) !== 0xd0) return at;
  }
  return data.length;
}

/** What is kept of a segment: nothing of metadata; null where nobody knows what it is. */
function keptOf(marker, segment) {
  if (FRAMES.indexOf(marker) >= 0 || TABLES.indexOf(marker) >= 0 || marker === SCAN) return segment;
  const begins = (text) => Array.from(text).every((letter, k) => segment[4 + k] === letter.charCodeAt(0));
  if (marker === JFIF && begins('JFIF\0') && segment.length >= 18) {
    return joined([new Uint8Array([0xff, JFIF, 0, 16]), segment.subarray(4, 16), new Uint8Array(2)]);
  }
  if (marker === ADOBE && begins('Adobe') && segment.length >= 16) {
    return joined([new Uint8Array([0xff, ADOBE, 0, 14]), segment.subarray(4, 16)]);
  }
  return marker === COMMENT || (marker >= 0xe0 && marker <= 0xef) ? new Uint8Array(0) : null;
}

/** The PNG's picture: five kinds of chunk; null where that is in doubt. */
export function stripPng(data) {
  const parts = [data.subarray(0, 8)], view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 8;
  while (at + 12 <= data.length) {
    const end = at + 12 + view.getUint32(at);
    if (end > data.length) return null;
    const name = String.fromCharCode(data[at + 4], data[at + 5], data[at + 6], data[at + 7]);
    const critical = (data[at + 4] & 32) === 0;
    if (CHUNKS.indexOf(name) >= 0) parts.push(data.subarray(at, end));
    else if (critical) return null;
    if (name === 'IEND') return joined(parts);
    at = end;
  }
  return null;
}

/** SHA-256 as 64 hex digits, by WebCrypto. */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => (byte + 256).toString(16).slice(1)).join('');
}
