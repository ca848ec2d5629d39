// Where each millimetre of the page lies in a picture: from its tag outwards by the corner marks.
//
// The tag alone (32 mm of 900) tells direction well and perspective badly, so each corner mark is sought around where the
// tag expects it, and the combination of places counts that agrees with the tag and lays the printed boxes best.
import { at, integralOf, meanOf } from './grey.js';
import { affine, homography, project, scaleAt } from './plane.js';

const NEAR = 24, FAR = 150, FINE = 12; // mm around the expected place
const LEAST_MARK = 0.2; // how much darker a mark must be than the paper around it, as a share of the paper
const MISFIT = 9; // mm by which the tag may disagree with four marks on curled paper
const TRIALS = 6, A_MARK = 0.15; // layout that a further agreeing mark outweighs
export const FAMILY = 900; // mm: the paper to which the other lengths belong

/** The map of a page from its tag's corners: {map, marks: [{mm, px or null}], layout}; null where nothing agrees. */
export function placePage(grey, form, page, corners) {
  const [x, y, w, h] = page.tag.rect;
  const tag = [[x, y], [x + w, y], [x + w, y + h], [x, y + h]].map((mm, k) => [mm, corners[k]]);
  const start = affine(tag);
  if (!start) return null;
  const marks = (page.marks || form.marks || []).map((mm) => ({ mm, px: null }));
  const middle = [x + w / 2, y + h / 2];
  const order = marks.slice().sort((a, b) => Math.hypot(a.mm[0] - middle[0], a.mm[1] - middle[1])
    - Math.hypot(b.mm[0] - middle[0], b.mm[1] - middle[1]));
  const first = order.length ? candidates(grey, start, order[0].mm, NEAR, 1)[0] : undefined;
  const known = first ? [...tag, [order[0].mm, first.px]] : tag;
  const base = (first && affine(known)) || start;
  const best = combined(grey, form, page, base, tag, first ? [order[0].mm, first.px] : null, order.slice(first ? 1 : 0));
  let map = best ? best.map : base;
  for (const reach of [FINE, FINE / 2]) map = sharpened(grey, map, marks, tag, reach) || map;
  return { map, marks, layout: layoutOf(grey, form, page, map) };
}

/** The map of the best combination of places for the marks that are not yet known; null where none agrees. */
function combined(grey, form, page, base, tag, near, order) {
  let choices = [[]];
  for (const mark of order) {
    const places = [...candidates(grey, base, mark.mm, FAR, 5).map((c) => [mark.mm, c.px]), null];
    choices = [].concat(...choices.map((chosen) => places.map((place) => (place ? [...chosen, place] : chosen))));
  }
  const tried = [];
  for (const chosen of choices) {
    const pairs = near ? [near, ...chosen] : chosen;
    if (!chosen.length) continue;
    const map = homography(pairs.length < 4 ? [...tag, ...pairs] : pairs);
    if (!map) continue;
    let misfit = 0;
    for (const [mm, px] of [...tag, ...pairs]) {
      const p = project(map, mm[0], mm[1]);
      misfit = Math.max(misfit, Math.hypot(p[0] - px[0], p[1] - px[1]) / scaleAt(base, mm[0], mm[1]));
    }
    if (misfit < MISFIT * form.height / FAMILY) tried.push({ map, marks: pairs.length, rank: misfit - 3 * pairs.length });
  }
  tried.sort((a, b) => a.rank - b.rank);
  let best = null;
  for (const trial of tried.slice(0, TRIALS)) {
    trial.layout = layoutOf(grey, form, page, trial.map);
    trial.worth = trial.layout + A_MARK * trial.marks;
    if (!best || trial.worth > best.worth) best = trial;
  }
  return best;
}

/** Each mark again, close to where the map has it; null where too few are seen. */
function sharpened(grey, map, marks, tag, reach) {
  for (const mark of marks) {
    const found = candidates(grey, map, mark.mm, reach, 1)[0];
    mark.px = found ? found.px : null;
  }
  const pairs = marks.filter((mark) => mark.px).map((mark) => [mark.mm, mark.px]);
  if (pairs.length === 4) return homography(pairs);
  return pairs.length ? homography([...tag, ...pairs]) : null;
}

/** Up to `most` places that look like a corner mark within `reach` mm of its place under the map, best first. */
export function candidates(grey, map, mm, reach, most) {
  const fine = reach <= NEAR ? 2 : 1, side = Math.round(2 * (reach + 12) * fine); // samples a mm, in the page's own plane
  const patch = new Uint8Array(side * side), left = mm[0] - reach - 12, top = mm[1] - reach - 12;
  const [a, b, c, d, e, f, g, h, i] = map;
  for (let v = 0, o = 0; v < side; v += 1) {
    const y = top + (v + 0.5) / fine;
    for (let u = 0; u < side; u += 1, o += 1) {
      const x = left + (u + 0.5) / fine, w = g * x + h * y + i;
      patch[o] = at(grey, (a * x + b * y + c) / w, (d * x + e * y + f) / w, 0);
    }
  }
  const peaks = scored({ data: patch, width: side, height: side }, fine, reach);
  const kept = [];
  for (const peak of peaks) {
    if (kept.length === most) break;
    if (kept.every((k) => Math.hypot(k.u - peak.u, k.v - peak.v) > 6 * fine)) kept.push(peak);
  }
  return kept.map((k) => ({ score: k.score, px: project(map, left + k.u / fine, top + k.v / fine) }));
}

/** Every place whose two squares are dark and whose six neighbours are light, the best first. */
function scored(patch, fine, reach) {
  const integral = integralOf(patch), edge = 12 * fine, to = patch.width - edge, out = [];
  const near = Math.round(1.2 * fine), far = Math.round(6.2 * fine), off = Math.round(8.6 * fine), end = Math.round(11.5 * fine);
  const mean = (u, v, x0, y0, x1, y1) => meanOf(integral, u + x0, v + y0, u + x1, v + y1);
  for (let v = edge; v <= to; v += 1) {
    for (let u = edge; u <= to; u += 1) {
      const dark = Math.max(mean(u, v, -far, -far, -near, -near), mean(u, v, near, near, far, far));
      let light = mean(u, v, near, -far, far, -near);
      if (light <= dark + 8) continue;
      light = Math.min(light, mean(u, v, -far, near, -near, far), mean(u, v, -end, -far, -off, -near),
        mean(u, v, -far, -end, -near, -off), mean(u, v, off, near, end, far), mean(u, v, near, off, far, end));
      const score = (light - dark) / Math.max(light, 30);
      if (score > LEAST_MARK) out.push({ u, v, score: score - 0.0005 * Math.hypot(u - patch.width / 2, v - patch.width / 2) / reach });
    }
  }
  return out.sort((p, q) => q.score - p.score);
}

/** From −1 to 1: how much darker the boxes' printed lines are than what lies on both sides of them. */
export function layoutOf(grey, form, page, map) {
  const fields = form.fields.filter((field) => field.page === page.number && Array.isArray(field.boxes));
  let seen = 0, all = 0;
  for (const field of fields) {
    for (const [x, y, w, h] of field.boxes) {
      for (const [px, py, nx, ny] of [[x + w / 2, y, 0, 1], [x + w / 2, y + h, 0, 1], [x, y + h / 2, 1, 0], [x + w, y + h / 2, 1, 0]]) {
        const level = (t) => { const p = project(map, px + t * nx, py + t * ny); return at(grey, p[0], p[1], 128); };
        const line = Math.min(level(-1), level(0), level(1)), beside = Math.min(level(-4.5), level(4.5));
        all += 1;
        seen += Math.max(-1, Math.min(1, (beside - line) / 25));
      }
    }
  }
  return all ? seen / all : 0;
}
