// A witness's phone checks a handed-over result: server key, certificate, signature, form and sums; without a network.
import { button, focusOn, h, link, say, swap } from './dom.js';
import { check, readKeys, REMARKS } from './handover.js';
import { canScan, scan } from './scan.js';
import { app, refreshForms, refreshKeys } from './state.js';
import { broken } from './sums.js';
import { contestName, own, t, timeWords } from './words.js';

// the order of the checks, and the reason with which each fails
const STEPS = [['key', 'unknown_key'], ['certificate', 'certificate'], ['result', 'result'], ['time', 'time'], ['form', 'form']];
const ROLES = { kpps: 'KPPS', pps: 'PPS', ppk: 'PPK', ppln: 'PPLN' };

export async function checkView() {
  const place = h('div', { id: 'hasil-periksa' });
  const field = h('textarea', { id: 'teks', rows: 3, autocomplete: 'off', spellcheck: 'false' });
  const form = h('form', { class: 'card', on: { submit: (event) => { event.preventDefault(); judged(field.value, place, true); } } },
    h('label', { for: 'teks' }, t('check-paste')), field, h('button', { class: 'button wide' }, t('check-do')));
  const node = h('div', {}, h('h1', {}, t('check-title')), place, h('p', {}, t('check-how')), form, scanPart((text) => judged(text, place, true)),
    h('p', { class: 'note' }, app.keysAt ? t('check-keys-old', { time: timeWords(app.keysAt) }) : t('check-keys-none')));
  const text = location.hash.slice(1);
  if (text) {
    if (!app.keys) await refreshKeys(); // the first visit came by the link itself
    if (!app.forms) await refreshForms();
    await judged(text, place, false);
  }
  return { node };
}

function scanPart(take) {
  const place = h('div', {}), node = h('div', { hidden: true }, button(t('check-scan'), async () => {
    const video = h('video', { class: 'scan', muted: true, playsinline: true, 'aria-label': t('viewfinder') }), stop = new AbortController();
    window.addEventListener('hashchange', () => stop.abort(), { once: true });
    swap(place, video);
    try {
      const text = await scan(video, { signal: stop.signal, accept: (found) => found.indexOf('#') > 0 });
      if (text) take(text);
    } catch (error) {
      say(t('camera-none', { why: error.name }));
    }
    swap(place);
  }, { class: 'button second wide' }), place);
  canScan().then((can) => { node.hidden = !can; });
  return node;
}

/** The forms this phone knows, by id: those of its own work in full, all others by their labels. */
function knownForms() {
  const forms = { ...(app.forms || {}) };
  for (const code of Object.keys(app.stations)) {
    for (const contest of app.stations[code].contests) for (const form of contest.forms) forms[form.id] = { ...form, contest: contest.code };
  }
  return forms;
}

async function judged(text, place, focus) {
  const forms = knownForms(), shapes = {};
  for (const id of Object.keys(forms)) if (forms[id].contest) shapes[id] = { contest: forms[id].contest, most: forms[id].fields.map((field) => field.most) };
  const keys = app.keys ? await readKeys(app.keys).catch(() => new Map()) : new Map();
  const verdict = await check(text.trim(), { keys, at: Math.floor(Date.now() / 1000), forms: shapes });
  const title = h('h2', { class: 'verdict ' + { genuine: 'good', false: 'refuse', unknown: 'doubt' }[verdict.outcome] }, t('check-' + verdict.outcome));
  swap(place, title, h('p', { class: 'lead' }, own(verdict.words)),
    verdict.remarks.map((code) => h('p', { class: 'state doubt' }, own(REMARKS[code]))),
    verdict.handover ? told(verdict, forms[verdict.handover.form]) : null);
  say(t('check-' + verdict.outcome) + '. ' + own(verdict.words));
  if (focus) focusOn(title);
}

function told(verdict, form) {
  const { handover } = verdict, failed = STEPS.findIndex((step) => step[1] === verdict.reason);
  const values = {};
  if (form) form.fields.forEach((field, k) => { values[field.name] = handover.figures[k]; });
  const sums = form ? broken(form, values) : [];
  const station = app.stations[handover.station];
  return h('div', {},
    h('p', {}, h('strong', {}, contestName(handover.contest)), h('br', {}), station && station.name ? station.name + ' · ' : '', t('station-code', { code: handover.station }), h('br', {}),
      handover.form, h('br', {}), t('check-made', { time: timeWords(1000 * handover.at), role: ROLES[handover.certificate.role] || handover.certificate.role })),
    h('h3', {}, t('check-what')),
    h('ul', { class: 'steps' }, STEPS.map(([name], k) => {
      const state = failed < 0 || k < failed ? 'yes' : (k === failed ? 'no' : 'not-reached');
      const skipped = name === 'form' && !form ? 'not-reached' : state;
      return h('li', { class: skipped }, t('check-' + name), ': ', h('strong', {}, t(skipped)));
    }), form ? h('li', { class: sums.length ? 'no' : 'yes' }, t('check-sums-fine'), ': ', h('strong', {}, t(sums.length ? 'no' : 'yes'))) : null),
    sums.length ? h('ul', { class: 'findings' }, sums.map((item) => h('li', {}, t('sum-line', { label: own(item.equation.label), left: item.left, right: item.right })))) : null,
    h('h3', {}, t('check-figures')),
    h('dl', { class: 'figures-read' }, handover.figures.map((value, k) => h('div', {}, h('dt', {}, form && form.fields[k] ? own(form.fields[k].label) : t('figure-n', { n: k + 1 })), h('dd', {}, value === null ? t('is-blank') : value)))),
    link(t('app'), '/app/#/'));
}

