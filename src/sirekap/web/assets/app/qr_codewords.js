// How many codewords a QR code holds (ISO/IEC 18004:2015, table 9), and its Reed-Solomon error correction.

// For versions 1 to 40: codewords of error correction in a block, and the number of blocks.
const CORRECTION = {
  L: "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
  M: "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28",
  Q: "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
  H: "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
};
const BLOCKS = {
  L: "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
  M: "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
  Q: "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
  H: "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
};

// {data, blocks, correction}: codewords of data in all, blocks, codewords of error correction in each block.
export function codewords(version, level) {
  const blocks = Number(BLOCKS[level].split(" ")[version - 1]);
  const correction = Number(CORRECTION[level].split(" ")[version - 1]);
  return { data: Math.floor(modules(version) / 8) - blocks * correction, blocks, correction };
}

// How many modules are left for codewords: all but the patterns, the format and the version.
function modules(version) {
  const size = 17 + 4 * version;
  let free = size * size - 3 * 64 - 2 * 15 - 1 - 2 * (size - 16);
  if (version >= 2) {
    const count = Math.floor(version / 7) + 2;
    free -= 25 * (count * count - 3) - 10 * (count - 2); // some lie on the timing patterns
  }
  return version >= 7 ? free - 36 : free;
}

// GF(256) with x^8 + x^4 + x^3 + x^2 + 1.
const POWERS = new Uint8Array(255);
const LOGS = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power += 1) {
  POWERS[power] = value;
  LOGS[value] = power;
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}

function times(a, b) {
  return a === 0 || b === 0 ? 0 : POWERS[(LOGS[a] + LOGS[b]) % 255];
}

// The product of (x + 2^i), i from 0 to count - 1, without its leading 1.
function generator(count) {
  let product = [1];
  for (let index = 0; index < count; index += 1) {
    const next = product.concat(0);
    product.forEach((factor, at) => {
      next[at + 1] ^= times(factor, POWERS[index]);
    });
    product = next;
  }
  return product.slice(1);
}

// The codewords of error correction of a block.
export function remainder(data, count) {
  const factors = generator(count);
  const rest = new Array(count).fill(0);
  for (const word of data) {
    const first = word ^ rest.shift();
    rest.push(0);
    factors.forEach((factor, at) => {
      rest[at] ^= times(factor, first);
    });
  }
  return rest;
}
