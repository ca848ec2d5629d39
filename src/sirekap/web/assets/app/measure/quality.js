// Blur, glare and light, measured where they matter: on the printed lines and the paper of the form's boxes.
// The thresholds follow the server's reader (sirekap.reading.quality), so that what it would refuse is told at once.
import { at, median } from './grey.js';
import { project, scaleAt } from './plane.js';
import { FAMILY } from './place.js';

export const LIMITS = {
  blurWarn: 2.9, blurRefuse: 4.0, // mm: width at half depth of a printed line, 1 mm on paper
  darkWarn: 75, darkRefuse: 45, // grey level of the paper
  glareLevel: 250, glareShare: 0.15, // of a box's lines washed out
  shadow: 0.4, // of a box's paper against the best
};
const REACH = 6, STEP = 0.25; // mm to both sides of a line

/** What is measured on one page: {boxes, seen, blur: {all, parts}, paper, glare, shadow}, places as thirds of the page. */
export function qualityOf(grey, form, page, map) {
  const unit = form.height / FAMILY, all = form.fields.filter((f) => f.page === page.number && Array.isArray(f.boxes));
  const widths = { top: [], middle: [], bottom: [] }, levels = [], glare = [];
  let lines = 0, expected = 0;
  for (const field of all) {
    for (const box of field.boxes) {
      const first = box === field.boxes[0], last = box === field.boxes[field.boxes.length - 1];
      const third = box[1] < form.height / 3 ? 'top' : (box[1] < 2 * form.height / 3 ? 'middle' : 'bottom');
      if (!inside(grey, map, box)) continue;
      const found = lineWidths(grey, map, box, unit, first, last);
      expected += 2 + first + last;
      lines += found.length;
      widths[third].push(...found);
      levels.push({ third, level: paperLevel(grey, map, box) });
      if (washedOut(grey, map, box) > LIMITS.glareShare) glare.push(third);
    }
  }
  const best = Math.max(0, ...levels.map((l) => l.level));
  return {
    boxes: levels.length,
    seen: levels.length ? lines / expected : 0, // share of the boxes' lines
    blur: { all: blurOf([].concat(widths.top, widths.middle, widths.bottom)), parts: Object.keys(widths)
      .map((third) => ({ third, width: blurOf(widths[third]) })) },
    paper: median(levels.map((l) => l.level)),
    glare: unique(glare),
    shadow: unique(levels.filter((l) => l.level < LIMITS.shadow * best).map((l) => l.third)),
  };
}

const unique = (list) => list.filter((item, k) => list.indexOf(item) === k);

/** The wider of the lines that run along and across: a hand moves in one direction. */
function blurOf(widths) {
  const along = widths.filter((w) => w.across === false).map((w) => w.width);
  const across = widths.filter((w) => w.across).map((w) => w.width);
  const found = [along, across].filter((list) => list.length > 3).map(median);
  return found.length ? Math.max(...found) : NaN;
}

function inside(grey, map, [x, y, w, h]) {
  return [[x, y], [x + w, y], [x + w, y + h], [x, y + h]].every((mm) => {
    const p = project(map, mm[0], mm[1]);
    return p[0] >= 1 && p[1] >= 1 && p[0] < grey.width - 2 && p[1] < grey.height - 2;
  });
}

/** Widths in mm (of a page 900 mm high) at half depth of a box's lines, of those that are seen; the upright ones
 *  between two boxes are left out, because they stand so close that a soft picture shows them as one. */
function lineWidths(grey, map, [x, y, w, h], unit, first, last) {
  const out = [], reach = REACH * unit, step = STEP * unit;
  for (const [across, ax, ay, bx, by] of [[false, x, y, x + w, y], [false, x, y + h, x + w, y + h],
    [true, x, y, x, y + h], [true, x + w, y, x + w, y + h]]) {
    if (across && !(ax === x ? first : last)) continue;
    const profile = [];
    for (let d = -reach; d <= reach + 1e-9; d += step) {
      const row = [];
      for (const t of [0.15, 0.2, 0.26, 0.74, 0.8, 0.85]) { // towards the corners: digits stand between
        const p = project(map, ax + t * (bx - ax) + (across ? d : 0), ay + t * (by - ay) + (across ? 0 : d));
        row.push(at(grey, p[0], p[1], 255));
      }
      profile.push(median(row));
    }
    const width = dip(profile);
    if (width) out.push({ across, width: width * STEP });
  }
  return out;
}

/** How many samples the deepest dip of a profile is wide at half its depth; 0 where there is none. */
function dip(profile) {
  let low = 0;
  for (let k = 1; k < profile.length; k += 1) if (profile[k] < profile[low]) low = k;
  const high = Math.max(Math.min(Math.max(...profile.slice(0, low + 1)), Math.max(...profile.slice(low))), profile[low]);
  if (high - profile[low] < 8) return 0;
  const half = (high + profile[low]) / 2;
  let a = low, b = low;
  while (a > 0 && profile[a - 1] < half) a -= 1;
  while (b < profile.length - 1 && profile[b + 1] < half) b += 1;
  const part = (out, into) => (half - into) / Math.max(1e-6, out - into); // between two samples
  return b - a + (a > 0 ? part(profile[a - 1], profile[a]) : 0.5) + (b < profile.length - 1 ? part(profile[b + 1], profile[b]) : 0.5);
}

function paperLevel(grey, map, [x, y, w, h]) {
  const levels = [];
  for (let i = 1; i < 8; i += 1) {
    for (let j = 1; j < 8; j += 1) {
      const p = project(map, x + w * i / 8, y + h * j / 8);
      levels.push(at(grey, p[0], p[1], 128));
    }
  }
  return levels.sort((a, b) => a - b)[Math.floor(0.75 * levels.length)];
}

function washedOut(grey, map, [x, y, w, h]) {
  let lost = 0, all = 0;
  const reach = Math.max(1, 2 / Math.max(scaleAt(map, x, y), 0.2));
  for (let t = 0.1; t < 0.95; t += 0.1) {
    for (const [mx, my, nx, ny] of [[x + t * w, y, 0, 1], [x + t * w, y + h, 0, 1], [x, y + t * h, 1, 0], [x + w, y + t * h, 1, 0]]) {
      let darkest = 255;
      for (let d = -2; d <= 2; d += 1) {
        const p = project(map, mx + 0.5 * d * reach * nx, my + 0.5 * d * reach * ny);
        darkest = Math.min(darkest, at(grey, p[0], p[1], 255));
      }
      all += 1;
      if (darkest >= LIMITS.glareLevel) lost += 1;
    }
  }
  return lost / all;
}
