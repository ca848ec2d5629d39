// Finding the AprilTag (family 36h10) of a form's page: which page it is, and which way is up.
//
// The dark square is sought as a connected patch darker than its surroundings, its four sides are placed on the grey
// levels, and its 6 × 6 pattern is compared with those of the known tags in all four turns. The family's patterns
// differ in at least ten bits, so four wrong ones still tell one from another.
import { at, integralOf, median } from './grey.js';
import { homography, project } from './plane.js';

const MOST_WRONG = 4; // bits
const LEAST_CONTRAST = 18; // grey levels between the tag's black and the paper around it
const LEAST_SIDE = 13, LARGEST_SHARE = 0.3; // pixels, and share of the picture's longer side
const PASSES = [[46, 10], [30, 7], [46, 26], [90, 14]]; // share of the longer side as window, and how much darker

/** The known tags seen: [{tag, corners, wrong}], corners in pixels from the printed top left, clockwise. */
export function findTags(grey, tags) {
  if (!tags.length) return [];
  const integral = integralOf(grey);
  const known = tags.map((tag) => ({ tag, turns: turnsOf(tag.bits) }));
  for (const [share, darker] of PASSES) {
    const found = pass(grey, integral, known, Math.max(5, Math.round(Math.max(grey.width, grey.height) / share / 2)), darker);
    if (found.length) return found;
  }
  return [];
}

function pass(grey, integral, known, reach, darker) {
  const found = [];
  for (const patch of patches(darkMask(grey, integral, reach, darker), grey.width, grey.height)) {
    const seen = [squareOf(patch), hullQuad(patch)].filter(Boolean).reduce((best, quad) => {
      const now = decoded(grey, placed(grey, quad), known) || decoded(grey, quad, known);
      return now && (!best || now.wrong < best.wrong) ? now : best;
    }, null);
    if (seen) found.push(seen);
  }
  return found.sort((a, b) => a.wrong - b.wrong);
}

/** 1 where a pixel is darker than the mean around it. */
function darkMask(grey, integral, reach, darker) {
  const { data, width, height } = grey, { sums, row } = integral, mask = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const top = Math.max(0, y - reach) * row, bottom = Math.min(height, y + reach + 1) * row;
    const tall = (bottom - top) / row;
    for (let x = 0, i = y * width; x < width; x += 1, i += 1) {
      const left = x > reach ? x - reach : 0, right = x + reach + 1 < width ? x + reach + 1 : width;
      const total = sums[bottom + right] - sums[top + right] - sums[bottom + left] + sums[top + left];
      if (data[i] < total / ((right - left) * tall) - darker) mask[i] = 1;
    }
  }
  return mask;
}

/** Connected dark patches about as wide as high, with their outermost pixels by row and column. */
function patches(mask, width, height) {
  const labels = new Int32Array(width * height), parent = [0];
  const root = (a) => { while (parent[a] !== a) { parent[a] = parent[parent[a]]; a = parent[a]; } return a; };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0, i = y * width; x < width; x += 1, i += 1) {
      if (!mask[i]) continue;
      let label = x ? labels[i - 1] : 0;
      for (let d = -1; d <= 1 && y; d += 1) {
        if (x + d < 0 || x + d >= width) continue;
        const other = labels[i - width + d];
        if (!other) continue;
        if (!label) label = other;
        else if (label !== other) {
          const a = root(label), b = root(other);
          if (a < b) parent[b] = a; else parent[a] = b;
        }
      }
      if (!label) { label = parent.length; parent.push(label); }
      labels[i] = label;
    }
  }
  return sized(labels, parent, root, width, height);
}

function sized(labels, parent, root, width, height) {
  const count = parent.length, roots = new Int32Array(count);
  const left = new Int32Array(count).fill(width), right = new Int32Array(count).fill(-1);
  const top = new Int32Array(count).fill(height), bottom = new Int32Array(count).fill(-1), area = new Int32Array(count);
  for (let k = 1; k < count; k += 1) roots[k] = root(k);
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      if (!labels[i]) continue;
      const k = labels[i] = roots[labels[i]];
      area[k] += 1;
      if (x < left[k]) left[k] = x;
      if (x > right[k]) right[k] = x;
      if (y < top[k]) top[k] = y;
      if (y > bottom[k]) bottom[k] = y;
    }
  }
  const most = LARGEST_SHARE * Math.max(width, height), out = [];
  for (let k = 1; k < count; k += 1) {
    const w = right[k] - left[k] + 1, h = bottom[k] - top[k] + 1;
    if (Math.min(w, h) < LEAST_SIDE || Math.max(w, h) > most || w > 1.8 * h || h > 1.8 * w) continue;
    if (area[k] < 0.25 * w * h) continue;
    out.push(outline(labels, k, width, left[k], top[k], w, h));
  }
  return out;
}

function outline(labels, label, width, left, top, w, h) {
  const west = [], east = [], north = [], south = [];
  for (let y = top; y < top + h; y += 1) {
    let x = left, z = left + w - 1;
    while (x <= z && labels[y * width + x] !== label) x += 1;
    while (z >= x && labels[y * width + z] !== label) z -= 1;
    if (x <= z) { west.push([x - 0.5, y]); east.push([z + 0.5, y]); }
  }
  for (let x = left; x < left + w; x += 1) {
    let y = top, z = top + h - 1;
    while (y <= z && labels[y * width + x] !== label) y += 1;
    while (z >= y && labels[z * width + x] !== label) z -= 1;
    if (y <= z) { north.push([x, y - 0.5]); south.push([x, z + 0.5]); }
  }
  return { west, east, north, south };
}

/** The quadrangle of a patch that lies nearly straight, by the median slope of each side: print that touches
 *  one side (the page's number stands close by) does not move it. */
function squareOf(patch) {
  const upright = (points) => robust(points.map((p) => [p[1], p[0]])), level = (points) => robust(points);
  const west = upright(patch.west), east = upright(patch.east), north = level(patch.north), south = level(patch.south);
  if (!west || !east || !north || !south) return null;
  const meet = (u, l) => { // x = u0 + u1 y; y = l0 + l1 x
    const y = (l[0] + l[1] * u[0]) / (1 - l[1] * u[1]);
    return [u[0] + u[1] * y, y];
  };
  return [meet(west, north), meet(east, north), meet(east, south), meet(west, south)];
}

/** [c, s] of b = c + s a through the middle of a side's points; null of too few. */
function robust(points) {
  const inner = points.slice(Math.floor(0.18 * points.length), Math.ceil(0.82 * points.length));
  if (inner.length < 6) return null;
  const step = Math.max(1, Math.floor(inner.length / 24)), some = inner.filter((_, k) => k % step === 0), slopes = [];
  for (let i = 0; i < some.length; i += 1) {
    for (let j = i + Math.ceil(some.length / 4); j < some.length; j += 1) {
      slopes.push((some[j][1] - some[i][1]) / (some[j][0] - some[i][0]));
    }
  }
  const slope = median(slopes);
  return [median(some.map((p) => p[1] - slope * p[0])), slope];
}

/** The quadrangle of a patch turned by any angle: its farthest points, then the farthest on both sides of them. */
function hullQuad(patch) {
  const points = [...patch.west, ...patch.east, ...patch.north, ...patch.south];
  const middle = points.reduce((m, p) => [m[0] + p[0] / points.length, m[1] + p[1] / points.length], [0, 0]);
  const farthest = (from) => points.reduce((a, b) => (Math.hypot(b[0] - from[0], b[1] - from[1])
    > Math.hypot(a[0] - from[0], a[1] - from[1]) ? b : a));
  const a = farthest(middle), c = farthest(a);
  const aside = (p) => (c[0] - a[0]) * (p[1] - a[1]) - (c[1] - a[1]) * (p[0] - a[0]);
  const b = points.reduce((p, q) => (aside(q) < aside(p) ? q : p)), d = points.reduce((p, q) => (aside(q) > aside(p) ? q : p));
  if (aside(b) >= 0 || aside(d) <= 0) return null;
  return [a, b, c, d];
}

/** The quadrangle with each side where grey levels fall most steeply from outside to inside. */
function placed(grey, quad) {
  const lines = [];
  for (let k = 0; k < 4; k += 1) {
    const a = quad[k], b = quad[(k + 1) % 4], long = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (long < LEAST_SIDE - 2) return quad;
    const n = [(b[1] - a[1]) / long, -(b[0] - a[0]) / long], points = []; // outwards, corners being clockwise
    for (let t = 0.12; t <= 0.881; t += 0.04) {
      const x = a[0] + t * (b[0] - a[0]), y = a[1] + t * (b[1] - a[1]);
      let best = 0, where = 0, sum = 0;
      for (let d = -3; d <= 3; d += 0.5) {
        const fall = at(grey, x + (d + 0.75) * n[0], y + (d + 0.75) * n[1], 128)
          - at(grey, x + (d - 0.75) * n[0], y + (d - 0.75) * n[1], 128);
        if (fall > best) best = fall;
        if (fall > 6) { where += fall * fall * d; sum += fall * fall; }
      }
      if (best > 10 && sum) points.push([x + (where / sum) * n[0], y + (where / sum) * n[1]]);
    }
    if (points.length < 8) return quad;
    lines.push(lineOf(points));
  }
  const out = [];
  for (let k = 0; k < 4; k += 1) {
    const p = lines[(k + 3) % 4], q = lines[k], det = p[0] * q[1] - p[1] * q[0];
    if (Math.abs(det) < 1e-6) return quad;
    out.push([(p[2] * q[1] - p[1] * q[2]) / det, (p[0] * q[2] - p[2] * q[0]) / det]);
  }
  return out.every((p, k) => Math.hypot(p[0] - quad[k][0], p[1] - quad[k][1]) < 6) ? out : quad;
}

/** Normal and offset [a, b, c] of a x + b y = c through points, those far off left out once. */
function lineOf(points) {
  let line = null, kept = points;
  for (let round = 0; round < 2; round += 1) {
    const n = kept.length, mx = kept.reduce((s, p) => s + p[0], 0) / n, my = kept.reduce((s, p) => s + p[1], 0) / n;
    let xx = 0, xy = 0, yy = 0;
    for (const p of kept) { xx += (p[0] - mx) ** 2; xy += (p[0] - mx) * (p[1] - my); yy += (p[1] - my) ** 2; }
    const angle = 0.5 * Math.atan2(2 * xy, xx - yy), a = -Math.sin(angle), b = Math.cos(angle);
    line = [a, b, a * mx + b * my];
    const off = points.map((p) => Math.abs(a * p[0] + b * p[1] - line[2])), limit = Math.max(0.5, 2 * median(off));
    kept = points.filter((_, k) => off[k] <= limit);
  }
  return line;
}

/** What the pattern inside four corners says; null where it is no known tag. */
function decoded(grey, quad, known) {
  const map = homography([[[0, 0], quad[0]], [[8, 0], quad[1]], [[8, 8], quad[2]], [[0, 8], quad[3]]]);
  if (!map) return null;
  const cell = (x, y) => {
    let sum = 0;
    for (const [dx, dy] of [[0, 0], [-0.2, -0.2], [0.2, -0.2], [0.2, 0.2], [-0.2, 0.2]]) {
      const p = project(map, x + dx, y + dy);
      sum += at(grey, p[0], p[1], 128);
    }
    return sum / 5;
  };
  const border = [], around = [];
  for (let k = 0; k < 8; k += 1) {
    border.push(cell(k + 0.5, 0.5), cell(k + 0.5, 7.5));
    if (k && k < 7) border.push(cell(0.5, k + 0.5), cell(7.5, k + 0.5));
    around.push(cell(k + 0.5, -0.8), cell(k + 0.5, 8.8), cell(-0.8, k + 0.5), cell(8.8, k + 0.5));
  }
  const black = median(border), white = median(around), middle = (black + white) / 2;
  if (white - black < LEAST_CONTRAST || border.filter((v) => v < middle).length < 23) return null;
  let bits = '';
  for (let y = 1; y < 7; y += 1) for (let x = 1; x < 7; x += 1) bits += cell(x + 0.5, y + 0.5) > middle ? '1' : '0';
  let best = null;
  for (const { tag, turns } of known) {
    turns.forEach((pattern, turn) => {
      let wrong = 0;
      for (let k = 0; k < 36; k += 1) if (pattern[k] !== bits[k]) wrong += 1;
      if (wrong <= MOST_WRONG && (!best || wrong < best.wrong)) {
        best = { tag, wrong, corners: quad.map((_, k) => quad[(k + turn) % 4]) };
      }
    });
  }
  return best;
}

/** The 36 bits as a picture shows them when the page is turned clockwise by 0, 90, 180, 270 degrees. */
function turnsOf(rows) {
  const turns = [rows.join('')];
  for (let turn = 1; turn < 4; turn += 1) {
    const before = turns[turn - 1];
    let now = '';
    for (let y = 0; y < 6; y += 1) for (let x = 0; x < 6; x += 1) now += before[(5 - x) * 6 + y];
    turns.push(now);
  }
  return turns;
}
