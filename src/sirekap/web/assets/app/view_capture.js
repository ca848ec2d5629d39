// Photographing one page: viewfinder with live checks, the photograph's own check, keep or take again.
import { button, focusOn, h, link, saveBlob, say, swap, twice } from './dom.js';
import { openCamera } from './camera.js';
import { judge, SIZES } from './measure/judge.js';
import { project } from './measure/plane.js';
import { greyFrom, MOST_BYTES, prepared, thumbOf } from './picture.js';
import { addPhoto, pumpNow, removePhoto, uuid } from './queue.js';
import { addressOf, codeOf, stationOfCode, targetAt } from './sheet_code.js';
import { allForms, app, contestOf, formsOf, photosOf, stationOf } from './state.js';
import { pageTitle } from './view_contest.js';
import { own, remarkWords, t } from './words.js';

const PAUSE = 250; // ms between two looks at the viewfinder
const STEADY = 2; // looks in a row that must say the same before it is said
const GUIDE = 'http://www.w3.org/2000/svg';

export async function captureView(stationCode, code, pageText, formIndex) {
  await stationOf(stationCode).catch(() => null);
  const at = contestOf(stationCode, code), back = `/app/#/tps/${stationCode}/${code}`;
  const form = at && formsOf(at.station, at.contest)[Number(formIndex || 0)];
  const page = form && form.pages.find((item) => item.number === Number(pageText));
  if (!page) return { node: h('div', {}, h('h1', {}, t('station-code', { code: stationCode })), h('p', {}, t('code-network')), link(t('back'), back)) };
  const work = { ...at, form, page, back, index: Number(formIndex || 0), camera: null, timer: 0, gone: false };
  const node = h('div', { class: 'capture' });
  viewfinder(work, node);
  return { node, dispose: () => { work.gone = true; stopCamera(work); window.removeEventListener('beforeunload', stay); }, shown: () => begin(work) };
}

function stopCamera(work) {
  clearTimeout(work.timer);
  if (work.camera) work.camera.stop();
  work.camera = null;
}

const head = (work) => [
  h('p', { class: 'kicker' }, link(own(work.contest.title), work.back)),
  h('h1', {}, pageTitle(work.form, work.page.number)),
];

function viewfinder(work, node) {
  const video = h('video', { playsinline: true, muted: true, 'aria-label': t('viewfinder') });
  const over = document.createElementNS(GUIDE, 'svg');
  over.setAttribute('aria-hidden', 'true');
  over.setAttribute('class', 'over');
  const told = h('p', { class: 'told', role: 'status' }, t('camera-start'));
  const file = h('input', { type: 'file', accept: 'image/*', capture: 'environment', id: 'berkas', class: 'away', on: { change: () => { if (file.files[0]) taken(work, node, file.files[0]); } } });
  const shoot = button(t('shoot'), async () => {
    if (!work.camera) return;
    shoot.disabled = true;
    clearTimeout(work.timer);
    const blob = await work.camera.shoot();
    if (!work.gone) taken(work, node, blob);
  }, { class: 'button shutter', id: 'ambil', disabled: true });
  const torch = button(t('torch'), () => {
    const on = torch.getAttribute('aria-pressed') !== 'true';
    work.camera.torch(on).then(() => torch.setAttribute('aria-pressed', String(on))).catch(() => { torch.hidden = true; });
  }, { class: 'button second', 'aria-pressed': 'false', hidden: true });
  work.parts = { video, over, told, shoot, torch };
  swap(node, ...head(work), h('div', { class: 'finder' }, video, over), told,
    h('div', { class: 'row' }, shoot, torch),
    h('div', { class: 'row' }, file, h('label', { for: 'berkas', class: 'button second wide' }, t('file'))));
}

async function begin(work) {
  const { video, told, shoot, torch } = work.parts;
  try {
    const camera = await openCamera(video);
    if (work.gone || work.parts.video !== video) { camera.stop(); return; }
    work.camera = camera;
    shoot.disabled = false;
    torch.hidden = !camera.torch;
    told.textContent = t('live-no-form');
    look(work, { last: '', count: 0, canvas: null });
  } catch (error) {
    video.parentNode.hidden = true;
    shoot.hidden = true;
    told.textContent = error.name === 'NotAllowedError' ? t('camera-denied') : t('camera-none', { why: error.name });
  }
}

/** Look at the viewfinder a few times a second; as often as the phone can without getting hot. */
function look(work, state) {
  if (work.gone || !work.camera) return;
  const { video, over, told } = work.parts, began = Date.now();
  if (video.videoWidth && document.visibilityState === 'visible') {
    const seen = greyFrom(video, video.videoWidth, video.videoHeight, SIZES.live, state.canvas);
    state.canvas = seen.canvas;
    const result = judge(seen.grey, { form: work.form, page: work.page.number }, allForms(), { live: true });
    draw(over, seen.grey, result, work.form);
    const words = liveWords(result, work.page);
    state.count = words === state.last ? state.count + 1 : 1;
    state.last = words;
    if (state.count >= STEADY && told.textContent !== words) {
      told.textContent = words;
      told.className = 'told ' + (result.remarks.length ? 'doubt' : 'good');
    }
  }
  work.timer = setTimeout(() => look(work, state), Math.max(PAUSE, 2 * (Date.now() - began)));
}

function liveWords(result, page) {
  if (!result.remarks.length) return t('live-good');
  const first = result.remarks[0];
  if (first.code === 'no-form' && page.tag) return t('live-no-form');
  return remarkWords(first, titleOf);
}

function titleOf(formId, number) {
  const form = allForms().find((item) => item.id === formId);
  return form ? `${form.id} · ${pageTitle(form, number)}` : t('page-plain', { page: number });
}

/** The outline of the page that was found, or a guide where to hold it. */
function draw(over, grey, result, form) {
  over.setAttribute('viewBox', `0 0 ${grey.width} ${grey.height}`);
  const found = result.found;
  const points = found
    ? [[0, 0], [form.width, 0], [form.width, form.height], [0, form.height]].map((mm) => project(found.map, mm[0], mm[1]))
    : guide(grey, form);
  let polygon = over.firstChild;
  if (!polygon) { polygon = document.createElementNS(GUIDE, 'polygon'); over.appendChild(polygon); }
  polygon.setAttribute('points', points.map((p) => p.map((v) => v.toFixed(1)).join(',')).join(' '));
  polygon.setAttribute('class', found ? (result.remarks.length ? 'doubt' : 'good') : 'guide');
}

function guide(grey, form) {
  const share = 0.92 * Math.min(grey.width / form.width, grey.height / form.height);
  const w = share * form.width, h = share * form.height, x = (grey.width - w) / 2, y = (grey.height - h) / 2;
  return [[x, y], [x + w, y], [x + w, y + h], [x, y + h]];
}

/** A photograph was taken or a file chosen: strip it, look at it, and ask what to do with it. */
async function taken(work, node, file) {
  stopCamera(work);
  swap(node, ...head(work), h('p', { class: 'told', role: 'status' }, t('checking')));
  await new Promise((resolve) => setTimeout(resolve, 30)); // the words are painted before the work begins
  let photo;
  try {
    photo = await prepared(file);
  } catch (error) {
    failed(work, node, t('not-picture'));
    return;
  }
  if (photo.size > MOST_BYTES) { failed(work, node, t('too-large')); return; }
  const code = await codeOf(photo.image), named = code && code.station !== work.station.code ? await stationOfCode(code) : null;
  if (!work.gone) judged(work, node, { ...photo, code, named, name: file.name || '' });
}

/** Look at a photograph as that of the wanted page, and ask what to do with it. */
function judged(work, node, photo) {
  const { image } = photo, seen = greyFrom(image, image.naturalWidth, image.naturalHeight, SIZES.still);
  const result = judge(seen.grey, { form: work.form, page: work.page.number }, allForms(), { scale: seen.scale });
  asked(work, node, { ...photo, result: byCode(work, photo, result), scale: seen.scale });
}

/** What the page's QR code adds: another station is named before anything is sent, and pages without tag by it too. */
function byCode(work, { code, named }, result) {
  if (!code) return result;
  const other = code.station !== work.station.code;
  const page = !work.page.tag && (code.form !== work.form.id || code.page !== work.page.number);
  const station = other && (named && named.station && named.station.name ? `${named.station.name} (${code.station})` : code.station);
  const more = [other && { code: 'wrong-station', where: [], severity: 'refuse', station },
    page && { code: 'wrong-page', where: [], severity: 'refuse', form: code.form, page: code.page }].filter(Boolean);
  return more.length ? { ...result, verdict: 'refuse', remarks: [...more, ...result.remarks] } : result;
}

/** Where the photograph belongs by its code or tag, if this account sends for it; null where it is right here. */
function elsewhere(work, { code, named, result }) {
  const wrong = result.remarks.find((remark) => remark.code === 'wrong-page');
  if (code && code.station !== work.station.code) return named && targetAt(named.station, code.form, code.page);
  return wrong ? targetAt(work.station, wrong.form, wrong.page) : null;
}

/** Take the photograph for the page that it is of. */
function moved(work, node, photo, target) {
  Object.assign(work, target, { back: `/app/#/tps/${target.station.code}/${target.contest.code}` });
  judged(work, node, { ...photo, named: null });
}

function again(work, node) {
  viewfinder(work, node);
  begin(work);
  focusOn(node.querySelector('h1'));
}

function failed(work, node, words) {
  swap(node, ...head(work), h('p', { class: 'state refuse', role: 'alert' }, words),
    button(t('retake'), () => again(work, node), { class: 'button wide' }));
}

function asked(work, node, photo) {
  const { verdict, remarks, found } = photo.result, words = remarks.filter((r) => verdict === 'good' || r.severity !== 'hint');
  const shown = thumbOf(photo.image, found, photo.scale, 900);
  const title = h('h2', { class: 'verdict ' + verdict }, t('photo-' + verdict));
  const keep = () => save(work, node, photo);
  const retake = button(t('retake'), () => again(work, node), { class: verdict === 'good' ? 'button second wide' : 'button wide', id: 'ulang' });
  const buttons = {
    good: [button(t('keep'), keep, { class: 'button wide', id: 'simpan' }), retake],
    doubt: [retake, twice(t('keep-anyway'), t('keep-sure'), keep, { class: 'button second wide', id: 'simpan' })],
    refuse: [retake],
  }[verdict];
  const target = elsewhere(work, photo), named = photo.named;
  if (target) {
    const title = [target.station.code === work.station.code ? '' : target.station.name, own(target.contest.title), pageTitle(target.form, target.page.number)];
    buttons.unshift(button(t('use-there', { title: title.filter(Boolean).join(' · ') }), () => moved(work, node, photo, target), { class: 'button wide', id: 'pindah' }));
  }
  swap(node, ...head(work), title,
    words.length ? h('ul', { class: 'remarks' }, words.map((remark) => h('li', {}, remarkWords(remark, titleOf)))) : null,
    named && !named.station ? h('p', { class: 'state doubt' }, named.refused ? t('station-not-yours', { why: named.message }) : t('code-network')) : null,
    h('div', { class: 'stack' }, buttons),
    h('img', { class: 'taken', src: shown, alt: t('preview') }));
  say([t('photo-' + verdict), ...words.map((remark) => remarkWords(remark, titleOf))].join('. '));
  focusOn(title);
}

async function save(work, node, photo) {
  const { station, contest, form, page } = work, before = await photosOf(station.code, contest.code);
  if (before.some((other) => other.sha256 === photo.sha256 && other.page === page.number)) {
    failed(work, node, t('same-photo'));
    return;
  }
  try {
    await addPhoto({
      id: uuid(), account: app.me.login, station: station.code, contest: contest.code, form: form.id, page: page.number,
      source: station.source, sha256: photo.sha256, size: photo.size, blob: photo.blob, name: photo.name,
      thumb: thumbOf(photo.image, photo.result.found, photo.scale, 240),
      map: photo.result.found ? photo.result.found.map : null, scale: photo.scale, remarks: photo.result.remarks.map((r) => r.code),
    });
  } catch (error) {
    if (error && error.name === 'QuotaExceededError') unsaved(work, node, photo);
    else failed(work, node, t('store-none'));
    return;
  }
  window.removeEventListener('beforeunload', stay);
  // what waits for the same page and was never sent is replaced by the better photograph
  for (const other of before) if (other.page === page.number && other.form === form.id) await removePhoto(other.id);
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  const photos = await photosOf(station.code, contest.code);
  const next = form.pages.find((item) => !photos.some((other) => other.page === item.number && other.form === form.id));
  say(t('kept', { page: page.number }) + (next ? '' : ' ' + t('all-kept')));
  const to = next ? addressOf({ ...work, page: next }) : `#/tps/${station.code}/${contest.code}`;
  if (location.hash === to) window.dispatchEvent(new HashChangeEvent('hashchange')); // the next page was asked for before
  else location.hash = to;
}

const stay = (event) => { event.preventDefault(); event.returnValue = ''; };

/** The store is full: the photograph stays on the screen until there is room, or it lies in a file. */
function unsaved(work, node, photo) {
  const title = h('h2', { class: 'verdict refuse' }, t('store-full')), again_ = node.querySelector('#simpan-lagi');
  window.addEventListener('beforeunload', stay);
  const name = `sirekap-${work.station.code}-${work.contest.code}-${work.page.number}.jpg`;
  const kept = () => { saveBlob(name, photo.blob); window.removeEventListener('beforeunload', stay); };
  swap(node, ...head(work), title, h('p', { class: 'lead' }, t('store-full-how')),
    h('ol', { class: 'remarks' }, ['store-full-1', 'store-full-2', 'store-full-3'].map((key) => h('li', {}, t(key)))),
    h('div', { class: 'stack' },
      button(t('store-again'), () => save(work, node, photo), { class: 'button wide', id: 'simpan-lagi' }),
      button(t('queue-now'), pumpNow, { class: 'button second wide', id: 'kirim' }),
      button(t('store-file'), kept, { class: 'button second wide', id: 'unduh' })),
    h('img', { class: 'taken', src: thumbOf(photo.image, photo.result.found, photo.scale, 900), alt: t('preview') }));
  say(t(again_ ? 'store-still' : 'store-full-how'));
  focusOn(again_ ? node.querySelector('#simpan-lagi') : title);
}
