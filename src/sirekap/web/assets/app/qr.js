// QR codes (ISO/IEC 18004:2015), versions 1 to 40, one segment in byte or alphanumeric mode, drawn as SVG.
//
// encode(text) gives {version, level, mask, mode, size, dark(x, y)}; toSvg draws it. Why our own: decision 13.

import { codewords, remainder } from "./qr_codewords.js";

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const LEVELS = "LMQH";
const LEVEL_BITS = { L: 1, M: 0, Q: 3, H: 2 };
const MODES = {
  alphanumeric: { indicator: 2, lengths: [9, 11, 13] },
  byte: { indicator: 4, lengths: [8, 16, 16] },
};
const QUIET = 4; // modules of white around a code
const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

// The smallest code of a text (UTF-8) at a level of error correction, L (7 %) to H (30 %). `version` and `mask` may
// be asked for; else the smallest version, and the mask with the least penalty. Throws RangeError where it is too long.
export function encode(text, { level = "L", version = 0, mask = -1 } = {}) {
  if (!LEVELS.includes(level) || level.length !== 1) throw new RangeError("QR code: a level is one of L, M, Q, H");
  const mode = Array.from(text).every((letter) => ALPHANUMERIC.includes(letter)) && text ? "alphanumeric" : "byte";
  const data = mode === "byte" ? new TextEncoder().encode(text) : text;
  const chosen = version || smallest(data, mode, level);
  if (!chosen || bitsOf(data, mode, chosen) > 8 * codewords(chosen, level).data) {
    throw new RangeError("QR code: " + data.length + " letters are too many for level " + level);
  }
  const matrix = new Matrix(chosen);
  matrix.draw(interleaved(packed(data, mode, chosen, level), chosen, level));
  const best = mask >= 0 ? mask : leastPenalty(matrix, level);
  matrix.apply(best, level);
  const dark = (x, y) => matrix.cells[y * matrix.size + x] === 1;
  return { version: chosen, level, mask: best, mode, size: matrix.size, dark };
}

// An <svg> as text: black on white with a quiet zone, scaled by its container, `title` read out by screen readers.
export function toSvg(code, title) {
  const parts = [];
  for (let y = 0; y < code.size; y += 1) {
    let x = 0;
    while (x < code.size) {
      let end = x;
      while (end < code.size && code.dark(end, y)) end += 1;
      if (end > x) parts.push("M" + (x + QUIET) + " " + (y + QUIET) + "h" + (end - x) + "v1h-" + (end - x) + "z");
      x = end + 1;
    }
  }
  const side = code.size + 2 * QUIET;
  const name = escaped(title);
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ' + side + " " + side + '" role="img" aria-label="' + name +
    '" shape-rendering="crispEdges"><title>' + name + '</title><path fill="#fff" d="M0 0h' + side + "v" + side +
    "h-" + side + 'z"/><path fill="#000" d="' + parts.join("") + '"/></svg>'
  );
}

function escaped(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (letter) => names[letter]);
}

function lengthBits(mode, version) {
  return MODES[mode].lengths[version < 10 ? 0 : version < 27 ? 1 : 2];
}

function bitsOf(data, mode, version) {
  const count = data.length;
  const body = mode === "byte" ? 8 * count : 11 * (count >> 1) + 6 * (count & 1);
  return 4 + lengthBits(mode, version) + body;
}

function smallest(data, mode, level) {
  for (let version = 1; version <= 40; version += 1) {
    if (bitsOf(data, mode, version) <= 8 * codewords(version, level).data) return version;
  }
  return 0;
}

// The data codewords: mode, length, data, terminator, padding.
function packed(data, mode, version, level) {
  const total = codewords(version, level).data;
  const bits = [];
  const push = (value, count) => {
    for (let shift = count - 1; shift >= 0; shift -= 1) bits.push((value >> shift) & 1);
  };
  push(MODES[mode].indicator, 4);
  push(data.length, lengthBits(mode, version));
  if (mode === "byte") {
    data.forEach((byte) => push(byte, 8));
  } else {
    for (let at = 0; at < data.length; at += 2) {
      const first = ALPHANUMERIC.indexOf(data[at]);
      if (at + 1 < data.length) push(45 * first + ALPHANUMERIC.indexOf(data[at + 1]), 11);
      else push(first, 6);
    }
  }
  push(0, Math.min(4, 8 * total - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < 8 * total; pad ^= 0xec ^ 0x11) push(pad, 8);
  const out = new Uint8Array(total);
  bits.forEach((bit, at) => {
    out[at >> 3] |= bit << (7 - (at & 7));
  });
  return out;
}

// The codewords in the order in which they are placed: blocks interleaved, data first, error correction after it.
function interleaved(data, version, level) {
  const { blocks, correction } = codewords(version, level);
  const short = Math.floor(data.length / blocks);
  const long = data.length % blocks; // the last blocks are one codeword longer
  const parts = [];
  for (let block = 0, at = 0; block < blocks; block += 1) {
    const length = short + (block >= blocks - long ? 1 : 0);
    parts.push(data.subarray(at, at + length));
    at += length;
  }
  const checks = parts.map((part) => remainder(part, correction));
  const out = [];
  for (let at = 0; at <= short; at += 1) {
    for (const part of parts) if (at < part.length) out.push(part[at]);
  }
  for (let at = 0; at < correction; at += 1) {
    for (const check of checks) out.push(check[at]);
  }
  return out;
}

function leastPenalty(matrix, level) {
  let best = 0;
  let least = Infinity;
  for (let mask = 0; mask < 8; mask += 1) {
    matrix.apply(mask, level);
    const penalty = penaltyOf(matrix);
    if (penalty < least) {
      best = mask;
      least = penalty;
    }
    matrix.apply(mask, level); // a second time takes it away
  }
  return best;
}

// Section 7.8.3: long runs, blocks of 2×2, what looks like a finder, and how far from half is dark.
function penaltyOf({ cells, size }) {
  let penalty = 0;
  let dark = 0;
  for (let line = 0; line < size; line += 1) {
    penalty += linePenalty(cells, line * size, 1, size) + linePenalty(cells, line, size, size);
  }
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const at = y * size + x;
      const cell = cells[at];
      dark += cell;
      if (x + 1 < size && y + 1 < size) {
        if (cell === cells[at + 1] && cell === cells[at + size] && cell === cells[at + size + 1]) penalty += 3;
      }
    }
  }
  return penalty + 10 * Math.floor(Math.abs(20 * dark - 10 * size * size) / (size * size));
}

function linePenalty(cells, start, step, size) {
  let penalty = 0;
  let run = 0;
  let seen = 0; // the last eleven modules as bits
  for (let index = 0; index < size; index += 1) {
    const at = start + index * step;
    run = index > 0 && cells[at] === cells[at - step] ? run + 1 : 1;
    if (run === 5) penalty += 3;
    else if (run > 5) penalty += 1;
    seen = ((seen << 1) | cells[at]) & 0x7ff;
    if (index >= 10 && (seen === 0x5d0 || seen === 0x05d)) penalty += 40;
  }
  return penalty;
}

// The modules of a code: `cells` is 1 where dark, `fixed` is 1 where no data lies.
class Matrix {
  constructor(version) {
    this.version = version;
    this.size = 17 + 4 * version;
    this.cells = new Uint8Array(this.size * this.size);
    this.fixed = new Uint8Array(this.size * this.size);
    for (let at = 0; at < this.size; at += 1) {
      this.fix(6, at, at % 2 === 0);
      this.fix(at, 6, at % 2 === 0);
    }
    const far = this.size - 4;
    for (const [x, y] of [[3, 3], [far, 3], [3, far]]) this.finder(x, y);
    this.alignments();
    this.formatBits("L", 0); // reserves their places
    if (version >= 7) this.versionBits();
  }

  fix(x, y, dark) {
    this.cells[y * this.size + x] = dark ? 1 : 0;
    this.fixed[y * this.size + x] = 1;
  }

  finder(cx, cy) {
    for (let dy = -4; dy <= 4; dy += 1) {
      for (let dx = -4; dx <= 4; dx += 1) {
        const [x, y] = [cx + dx, cy + dy];
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        if (x >= 0 && x < this.size && y >= 0 && y < this.size) this.fix(x, y, ring !== 2 && ring !== 4);
      }
    }
  }

  alignments() {
    const places = alignmentPlaces(this.version);
    const last = places.length - 1;
    places.forEach((cy, row) => {
      places.forEach((cx, column) => {
        const atFinder = (row === 0 && (column === 0 || column === last)) || (row === last && column === 0);
        if (atFinder) return;
        for (let dy = -2; dy <= 2; dy += 1) {
          for (let dx = -2; dx <= 2; dx += 1) {
            this.fix(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
          }
        }
      });
    });
  }

  // Level and mask with a BCH(15,5) code, twice; and the module that is always dark.
  formatBits(level, mask) {
    const bits = withCheck((LEVEL_BITS[level] << 3) | mask, 0x537, 10) ^ 0x5412;
    const bit = (index) => ((bits >> index) & 1) === 1;
    const size = this.size;
    for (let index = 0; index < 15; index += 1) {
      if (index < 8) this.fix(size - 1 - index, 8, bit(index));
      else this.fix(8, size - 15 + index, bit(index));
      if (index < 6) this.fix(8, index, bit(index));
      else if (index < 8) this.fix(8, index + 1, bit(index));
      else if (index === 8) this.fix(7, 8, bit(index));
      else this.fix(14 - index, 8, bit(index));
    }
    this.fix(8, size - 8, true);
  }

  // The version with a BCH(18,6) code, twice.
  versionBits() {
    const bits = withCheck(this.version, 0x1f25, 12);
    for (let index = 0; index < 18; index += 1) {
      const dark = ((bits >> index) & 1) === 1;
      const [near, far] = [Math.floor(index / 3), this.size - 11 + (index % 3)];
      this.fix(far, near, dark);
      this.fix(near, far, dark);
    }
  }

  // Lay the codewords in columns of two, from the right, up and down by turns.
  draw(words) {
    let at = 0;
    for (let right = this.size - 1, up = true; right >= 1; right -= 2, up = !up) {
      if (right === 6) right = 5; // the upright timing pattern is no column of data
      for (let line = 0; line < this.size; line += 1) {
        const y = up ? this.size - 1 - line : line;
        for (const x of [right, right - 1]) {
          if (this.fixed[y * this.size + x] || at >= 8 * words.length) continue;
          this.cells[y * this.size + x] = (words[at >> 3] >> (7 - (at & 7))) & 1;
          at += 1;
        }
      }
    }
  }

  // Invert the data by a mask; again takes it away.
  apply(mask, level) {
    for (let y = 0; y < this.size; y += 1) {
      for (let x = 0; x < this.size; x += 1) {
        const at = y * this.size + x;
        if (!this.fixed[at] && MASKS[mask](x, y) === 0) this.cells[at] ^= 1;
      }
    }
    this.formatBits(level, mask);
  }
}

function withCheck(value, generator, count) {
  let rest = value << count;
  for (let bit = 31 - Math.clz32(rest); bit >= count; bit = 31 - Math.clz32(rest)) {
    rest ^= generator << (bit - count);
  }
  return (value << count) | rest;
}

// Annex E: evenly spaced from the right, always beginning with 6.
function alignmentPlaces(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : 2 * Math.ceil((4 * version + 4) / (2 * count - 2));
  const places = [];
  for (let index = count - 1; index >= 1; index -= 1) {
    places.unshift(4 * version + 10 - (count - 1 - index) * step);
  }
  places.unshift(6);
  return places;
}
