// The verdict on one picture: is it the wanted page, whole, sharp, well lit and large enough?
//
// A remark is {code, where, severity}: "refuse" must be taken again, "doubt" may be kept after a second press, "hint" is
// said while the picture is live. Words for codes and places stand in words.js.
import { halved, quantile, sharpness } from './grey.js';
import { inFront, project } from './plane.js';
import { placePage, FAMILY } from './place.js';
import { LIMITS, qualityOf } from './quality.js';
import { findTags } from './tag.js';

export const REFUSE = 'refuse', DOUBT = 'doubt', HINT = 'hint';
export const SIZES = { still: 2000, live: 1280 }; // longer side in pixels of what is measured
const SMALL_WARN = 1.3, SMALL_REFUSE = 0.8; // pixels of the photograph a mm (of a page 900 mm high)
const LIVE_SHARE = 0.6; // of the frame's longer side that the page should fill
const SOFT = 0.7, DARK = 45; // of a picture without a tag: fine detail against coarse, and its median grey
const SEEN = 0.15, LINES = 0.5; // layout, and share of lines seen, below which the page is not where it is thought to be
const EDGE = { one: 15, more: 80 }; // mm within which a mark that is not seen may lie beyond the picture's edge
const OVER = 0.4; // of a side of the picture as light as its paper: the sheet goes on beyond

/** All tags of the forms, each with its form and page. */
export function knownTags(forms) {
  const out = [];
  for (const form of forms) {
    for (const page of form.pages) if (page.tag) out.push({ ...page.tag, form, page });
  }
  return out;
}

/**
 * Judge a grey picture. `wanted` is {form, page (its number)}, `forms` all forms whose tags are known, `scale` how many
 * pixels of the photograph one pixel of `grey` is, `live` whether it is a frame of the viewfinder.
 * → {verdict: good|doubt|refuse, remarks, found: {form, page, map, marks} or null}
 */
export function judge(grey, wanted, forms, { scale = 1, live = false } = {}) {
  const page = wanted.form.pages.find((item) => item.number === wanted.page), remarks = [];
  if (!page.tag) return withoutTag(grey, live);
  const seen = findTags(grey, knownTags(forms));
  const right = seen.find((s) => s.tag.form.id === wanted.form.id && s.tag.page.number === wanted.page);
  if (!right) {
    if (seen.length) remarks.push({ code: 'wrong-page', where: [], severity: REFUSE, form: seen[0].tag.form.id, page: seen[0].tag.page.number });
    else remarks.push(...noForm(grey));
    return verdictOf(remarks, null);
  }
  const place = placePage(grey, wanted.form, page, right.corners);
  if (!place) return verdictOf([{ code: 'no-form', where: [], severity: DOUBT }], null);
  const found = { form: wanted.form, page, map: place.map, marks: place.marks, layout: place.layout };
  remarks.push(...cutOff(grey, wanted.form, found));
  const unit = wanted.form.height / FAMILY, size = pageSize(wanted.form, place.map);
  const fine = size.scale * scale * unit;
  if (!live && fine < SMALL_WARN) remarks.push({ code: 'small', where: [], severity: fine < SMALL_REFUSE ? REFUSE : DOUBT });
  if (live && size.long < LIVE_SHARE * Math.max(grey.width, grey.height)) remarks.push({ code: 'small', where: [], severity: HINT });
  const quality = qualityOf(grey, wanted.form, page, place.map);
  if (place.layout >= SEEN || quality.seen >= LINES) remarks.push(...ofQuality(quality));
  else remarks.push({ code: 'unsure', where: [], severity: DOUBT });
  return verdictOf(remarks, found);
}

function verdictOf(remarks, found) {
  const order = [REFUSE, DOUBT, HINT];
  remarks.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const worst = remarks.length ? remarks[0].severity : 'good';
  return { verdict: worst === HINT ? 'good' : worst, remarks, found };
}

/** Why no tag may have been found: too dark, not sharp, or the part with the tag is not in the picture. */
function noForm(grey) {
  const level = Array.from(grey.data.filter((_, k) => k % 97 === 0)).sort((a, b) => a - b), out = [];
  if (quantile(level, 0.5) < DARK) out.push({ code: 'dark', where: [], severity: REFUSE });
  let half = grey;
  while (Math.max(half.width, half.height) > 1100) half = halved(half);
  if (sharpness(half) < SOFT * sharpness(halved(half))) out.push({ code: 'blurred', where: [], severity: REFUSE });
  if (!out.length) {
    const over = sidesOver(half, quantile(level, 0.8));
    if (over.length && over.length < 4) out.push({ code: 'over-edge', where: over, severity: REFUSE });
  }
  return out.length ? out : [{ code: 'no-form', where: [], severity: DOUBT }];
}

/** The sides of the picture over which paper runs. */
function sidesOver(grey, paper) {
  const { data, width, height } = grey, sides = { top: [], right: [], bottom: [], left: [] };
  for (let x = 0; x < width; x += 4) { sides.top.push(data[2 * width + x]); sides.bottom.push(data[(height - 3) * width + x]); }
  for (let y = 0; y < height; y += 4) { sides.left.push(data[y * width + 2]); sides.right.push(data[y * width + width - 3]); }
  return Object.keys(sides).filter((side) => sides[side].filter((v) => v > 0.75 * paper).length > OVER * sides[side].length);
}

/** A page without tag (the copy on A4) is not recognised here: only light and sharpness are looked at. */
function withoutTag(grey, live) {
  const remarks = noForm(grey).filter((remark) => remark.code === 'dark' || remark.code === 'blurred');
  if (!live && Math.max(grey.width, grey.height) < 1000) remarks.push({ code: 'small', where: [], severity: REFUSE });
  return verdictOf(remarks, null);
}

function pageSize(form, map) {
  const c = [[0, 0], [form.width, 0], [form.width, form.height], [0, form.height]].map((p) => project(map, p[0], p[1]));
  let area = 0;
  c.forEach((p, k) => { const q = c[(k + 1) % 4]; area += p[0] * q[1] - q[0] * p[1]; });
  const scale = Math.sqrt(Math.abs(area) / 2 / (form.width * form.height));
  return { scale, long: scale * form.height };
}

/** The sides of the page (as it is read) that lie outside the picture, by its corner marks. */
function cutOff(grey, form, found) {
  const middle = [form.width / 2, form.height / 2], mm = found.marks.map((mark) => mark.mm);
  if (!mm.length) return [];
  const xs = mm.map((p) => p[0]), ys = mm.map((p) => p[1]);
  const l = Math.min(...xs), r = Math.max(...xs), t = Math.min(...ys), b = Math.max(...ys);
  const out = (x, y) => {
    const p = project(found.map, x, y);
    return p[0] < 0 || p[1] < 0 || p[0] > grey.width - 1 || p[1] > grey.height - 1 || !inFront(found.map, x, y, middle);
  };
  const sides = { top: (s) => [l + s * (r - l), t], right: (s) => [r, t + s * (b - t)], bottom: (s) => [l + s * (r - l), b], left: (s) => [l, t + s * (b - t)] };
  const share = (side) => [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].filter((s) => out(...sides[side](s))).length / 7;
  let lost = Object.keys(sides).filter((side) => share(side) > 0.6);
  const unseen = found.marks.filter((mark) => !mark.px), edge = unseen.length > 1 ? EDGE.more : EDGE.one;
  const away = (v, low) => v + (low ? -edge : edge) * form.height / FAMILY;
  const hidden = unseen.filter((mark) => out(away(mark.mm[0], mark.mm[0] === l), mark.mm[1])
    || out(mark.mm[0], away(mark.mm[1], mark.mm[1] === t)));
  if (!lost.length) { // a corner alone, or a side that the far end of a weak map only nears
    for (const mark of hidden) {
      if (out(mark.mm[0], away(mark.mm[1], mark.mm[1] === t))) lost.push(mark.mm[1] === t ? 'top' : 'bottom');
      if (out(away(mark.mm[0], mark.mm[0] === l), mark.mm[1])) lost.push(mark.mm[0] === l ? 'left' : 'right');
    }
  }
  lost = lost.filter((side, k) => lost.indexOf(side) === k);
  if (lost.length) return [{ code: 'cut', where: lost, severity: REFUSE }];
  const missing = found.marks.filter((mark) => !mark.px);
  if (!missing.length) return [];
  const names = missing.map((mark) => `${mark.mm[1] === t ? 'top' : 'bottom'}-${mark.mm[0] === l ? 'left' : 'right'}`);
  return [{ code: 'mark-hidden', where: names, severity: missing.length > 1 ? DOUBT : HINT }];
}

function ofQuality(q) {
  const out = [], width = q.blur.all;
  if (width > LIMITS.blurWarn) {
    const where = q.blur.parts.filter((p) => p.width > LIMITS.blurWarn).map((p) => p.third);
    out.push({ code: 'blurred', where: where.length === q.blur.parts.length ? [] : where, severity: width > LIMITS.blurRefuse ? REFUSE : DOUBT });
  } else {
    const bad = q.blur.parts.filter((p) => p.width > LIMITS.blurRefuse).map((p) => p.third);
    if (bad.length) out.push({ code: 'blurred', where: bad, severity: DOUBT });
  }
  if (q.paper < LIMITS.darkWarn) out.push({ code: 'dark', where: [], severity: q.paper < LIMITS.darkRefuse ? REFUSE : DOUBT });
  if (q.glare.length) out.push({ code: 'glare', where: q.glare, severity: DOUBT });
  if (q.shadow.length) out.push({ code: 'shadow', where: q.shadow, severity: DOUBT });
  return out;
}
