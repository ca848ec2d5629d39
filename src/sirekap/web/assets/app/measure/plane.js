// Maps between the millimetres of a page and the pixels of a picture: 3 × 3 matrices as arrays of nine.

/** Where a map takes a point. */
export function project(m, x, y) {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
}

/** Whether a point lies before the camera under a map whose points do at `near`. */
export function inFront(m, x, y, near) {
  return (m[6] * x + m[7] * y + m[8]) * (m[6] * near[0] + m[7] * near[1] + m[8]) > 0;
}

function multiply(a, b) {
  const out = new Array(9);
  for (let r = 0; r < 3; r += 1) {
    for (let c = 0; c < 3; c += 1) out[3 * r + c] = a[3 * r] * b[c] + a[3 * r + 1] * b[3 + c] + a[3 * r + 2] * b[6 + c];
  }
  return out;
}

/** Solves a system of n equations (rows of n + 1 numbers) in place; null where it has no one answer. */
function solved(rows) {
  const n = rows.length;
  for (let k = 0; k < n; k += 1) {
    let best = k;
    for (let r = k + 1; r < n; r += 1) if (Math.abs(rows[r][k]) > Math.abs(rows[best][k])) best = r;
    if (Math.abs(rows[best][k]) < 1e-12) return null;
    const swap = rows[k]; rows[k] = rows[best]; rows[best] = swap;
    for (let r = 0; r < n; r += 1) {
      if (r === k) continue;
      const by = rows[r][k] / rows[k][k];
      for (let c = k; c <= n; c += 1) rows[r][c] -= by * rows[k][c];
    }
  }
  return rows.map((row, k) => row[n] / row[k]);
}

/** Shift and scale that bring points around 0 with a spread of 1: least squares need it. */
function levelling(points) {
  let x = 0, y = 0;
  for (const p of points) { x += p[0]; y += p[1]; }
  x /= points.length; y /= points.length;
  let far = 0;
  for (const p of points) far += Math.hypot(p[0] - x, p[1] - y);
  const s = points.length / Math.max(far, 1e-9);
  return { to: [s, 0, -s * x, 0, s, -s * y, 0, 0, 1], from: [1 / s, 0, x, 0, 1 / s, y, 0, 0, 1] };
}

function fitted(pairs, unknowns, equations) {
  const before = levelling(pairs.map((p) => p[0])), after = levelling(pairs.map((p) => p[1]));
  const rows = [];
  for (let r = 0; r < unknowns; r += 1) rows.push(new Array(unknowns + 1).fill(0));
  for (const [mm, px] of pairs) {
    const p = project(before.to, mm[0], mm[1]), q = project(after.to, px[0], px[1]);
    for (const line of equations(p[0], p[1], q[0], q[1])) {
      for (let r = 0; r < unknowns; r += 1) {
        if (line[r] !== 0) for (let c = 0; c <= unknowns; c += 1) rows[r][c] += line[r] * line[c];
      }
    }
  }
  const h = solved(rows);
  if (!h) return null;
  const inner = unknowns === 8 ? [...h, 1] : [...h, 0, 0, 1];
  const m = multiply(after.from, multiply(inner, before.to));
  return m.map((value) => value / m[8]);
}

/** The map with perspective that suits pairs [[mm, mm], [px, px]] best; four at least. */
export function homography(pairs) {
  return fitted(pairs, 8, (x, y, u, v) => [
    [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
    [0, 0, 0, x, y, 1, -v * x, -v * y, v],
  ]);
}

/** The map without perspective that suits pairs best; three at least. */
export function affine(pairs) {
  return fitted(pairs, 6, (x, y, u, v) => [[x, y, 1, 0, 0, 0, u], [0, 0, 0, x, y, 1, v]]);
}

/** How many pixels a millimetre is at a point of the page. */
export function scaleAt(m, x, y) {
  const o = project(m, x, y), a = project(m, x + 1, y), b = project(m, x, y + 1);
  return Math.sqrt(Math.abs((a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])));
}
