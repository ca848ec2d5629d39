// Every figure beside its cut: the machine proposes, the officer confirms or corrects each one.
import { button, focusOn, h, link, say, swap } from './dom.js';
import { cutOf, imageOf } from './picture.js';
import { addConfirmation, Answer, ask, get, put, remove, uuid } from './queue.js';
import { app, confirmationsOf, contestOf, photosOf, rerunOf, stationOf } from './state.js';
import { broken, typed } from './sums.js';
import { pageTitle } from './view_contest.js';
import { own, t } from './words.js';

export async function figuresView(stationCode, code) {
  await stationOf(stationCode).catch(() => null);
  const at = contestOf(stationCode, code), back = `/app/#/tps/${stationCode}/${code}`;
  if (!at) return { node: h('div', {}, h('h1', {}, t('figures-title')), h('p', {}, t('code-network')), link(t('back'), back)) };
  const key = `${app.me.login} ${code} ${stationCode}`;
  const form = at.contest.forms[0], last = (await confirmationsOf(stationCode, code))[0];
  const again = rerunOf(stationCode, code), kept = await draftOf(key, last, again ? again.number : 0);
  const work = { ...at, form, back, key, last, sheet: null, rows: {}, cuts: {}, draft: kept.figures, rerun: kept.rerun };
  await load(work);
  const node = h('div', {});
  draw(work, node);
  localCuts(work);
  return { node, changed: (what) => { if (what.confirmation) answered(work, node); } };
}

/**
 * What was typed before, here or in the last confirmation: `figures` {name: {value}} that were looked at, and the
 * `rerun` that was known then. Those of the count before the rerun that is `known` are not shown again.
 */
async function draftOf(key, last, known) {
  const kept = await get('drafts', key);
  if (kept && (kept.rerun || 0) >= known) return { figures: kept.figures, rerun: kept.rerun || 0 };
  const figures = {};
  if (last) for (const name of Object.keys(last.figures)) figures[name] = { value: last.figures[name] };
  return { figures, rerun: last ? last.rerun || 0 : known };
}

async function load(work) {
  try {
    work.sheet = await ask('GET', `/sheets/${work.contest.code}/${work.station.code}`, { patience: 8000 });
    work.told = work.sheet.message || '';
    if ((work.sheet.rerun || 0) !== work.rerun) { // the count began anew: what was typed is of the one before
      work.rerun = work.sheet.rerun || 0;
      work.draft = {};
    }
  } catch (error) {
    work.told = error instanceof Answer ? (error.status === 404 ? '' : error.message) : t('offline-note');
  }
}

const readOf = (work, name) => (work.sheet && work.sheet.figures && work.sheet.figures[name]) || null;

function draw(work, node) {
  const { form, contest, station } = work, read = work.sheet && Object.keys(work.sheet.figures || {}).length > 0;
  work.rows = {};
  work.progress = h('p', { class: 'progress' });
  work.findings = h('div', { role: 'status' });
  const parts = form.pages.map((page) => {
    const fields = form.fields.filter((field) => field.page === page.number);
    return fields.length ? [h('h2', {}, pageTitle(form, page.number)), h('ol', { class: 'figures' }, fields.map((field) => row(work, field)))] : null;
  });
  swap(node,
    h('p', { class: 'kicker' }, link(`${own(contest.title)} · ${station.name || station.code}`, work.back)),
    h('h1', {}, t('figures-title')),
    h('p', {}, t(read ? 'figures-read-how' : 'figures-type-how')),
    work.told ? h('p', { class: 'state' }, work.told) : null,
    button(t('figures-refresh'), async () => { await load(work); draw(work, node); localCuts(work); }, { class: 'button second', id: 'segarkan' }),
    work.asked = h('div', {}),
    h('form', { on: { submit: (event) => { event.preventDefault(); confirm(work, node); } }, novalidate: true }, parts,
      h('h2', {}, t('sums')), work.findings,
      h('div', { class: 'foot' }, work.progress, h('button', { class: 'button wide', id: 'konfirmasi' }, t('send-all')))));
  check(work);
  answered(work, node);
}

function row(work, field) {
  const read = readOf(work, field.name), label = own(field.label), draft = work.draft[field.name];
  const id = 'f-' + field.name, digits = String(field.most).length;
  const input = h('input', {
    id, inputmode: 'numeric', pattern: '[0-9]*', maxlength: digits, autocomplete: 'off', enterkeyhint: 'next', 'aria-describedby': id + '-p',
    value: draft && draft.value !== null ? draft.value : null,
    on: {
      input: () => entered(work, field, false),
      change: () => entered(work, field, true),
      keydown: (event) => { if (event.key === 'Enter') { event.preventDefault(); accept(work, field); } },
    },
  });
  const empty = button(t('blank'), () => {
    const now = empty.getAttribute('aria-pressed') !== 'true';
    empty.setAttribute('aria-pressed', String(now));
    if (now) input.value = '';
    entered(work, field, true);
  }, { class: 'plain small', 'aria-pressed': String(Boolean(draft && draft.value === null)), 'aria-label': t('blank-of', { label }) });
  const problem = h('p', { id: id + '-p', class: 'wrong' }), state = h('span', { class: 'mark' });
  const cut = h('span', { class: 'cut' });
  if (read && read.cut) cut.appendChild(h('img', { src: read.cut, alt: t('cut-of', { label }), loading: 'lazy' }));
  const right = read && read.status !== 'illegible' ? button(t('right'), () => accept(work, field), { class: 'button small', 'aria-label': t('right-of', { label, value: read.status === 'blank' ? t('is-blank') : read.value }) }) : null;
  const node = h('li', { id: 'r-' + field.name },
    h('label', { for: id }, h('span', { class: 'line' }, field.line), ' ', label), standing(work, field), cut,
    h('p', { class: 'proposal' }, read ? (read.status === 'read' ? t('read-as', { value: read.value }) : t(read.status === 'blank' ? 'read-blank' : 'read-not')) : '', ' ', state),
    h('div', { class: 'typed' }, input, right, empty), problem);
  work.rows[field.name] = { field, node, input, empty, problem, state, cut, right };
  mark(work, field);
  return node;
}

/** Who stands for a figure of votes, so that nobody types into the line of another ticket. */
function standing(work, field) {
  const ticket = (work.contest.tickets || []).find((item) => item.figure === field.name);
  return ticket ? h('p', { class: 'who' }, ticket.name) : null;
}

/** Take the machine's figure where nothing was typed, then go on to the next figure. */
function accept(work, field) {
  const { input, empty } = work.rows[field.name], read = readOf(work, field.name);
  const blank = empty.getAttribute('aria-pressed') === 'true';
  if (!input.value.trim() && !blank && read && read.status !== 'illegible') {
    if (read.status === 'blank') empty.setAttribute('aria-pressed', 'true');
    else input.value = read.value;
  }
  if (!entered(work, field, true)) { input.focus(); return; }
  const names = work.form.fields.map((item) => item.name), from = names.indexOf(field.name);
  const next = [...names.slice(from + 1), ...names.slice(0, from)].find((name) => !(name in work.draft));
  focusOn(next ? work.rows[next].input : document.getElementById('konfirmasi'));
}

/** What stands in a row now; `done` tells that the person has left it. True where it is a figure. */
function entered(work, field, done) {
  const { input, empty, problem } = work.rows[field.name];
  if (input.value.trim()) empty.setAttribute('aria-pressed', 'false');
  const found = typed(field, input.value, empty.getAttribute('aria-pressed') === 'true');
  const before = JSON.stringify(work.draft[field.name]);
  if ('problem' in found) {
    delete work.draft[field.name];
    problem.textContent = done && found.problem !== 'empty' ? t('problem-' + found.problem, { most: field.most }) : '';
  } else {
    work.draft[field.name] = { value: found.value };
    problem.textContent = '';
  }
  input.setAttribute('aria-invalid', String(Boolean(problem.textContent)));
  mark(work, field);
  if (JSON.stringify(work.draft[field.name]) !== before) {
    put('drafts', { key: work.key, figures: work.draft, rerun: work.rerun }).catch(() => {});
    check(work);
  }
  return !('problem' in found);
}

function mark(work, field) {
  const { node, state } = work.rows[field.name], draft = work.draft[field.name], read = readOf(work, field.name);
  const same = draft && read && (read.status === 'blank' ? null : read.value) === draft.value;
  node.className = draft ? (same || !read || read.status === 'illegible' ? 'done' : 'done changed') : '';
  state.textContent = draft ? '✓ ' + t(same || !read || read.status === 'illegible' ? 'checked' : 'changed') : '';
}

const valuesOf = (work) => {
  const values = {};
  for (const name of Object.keys(work.draft)) values[name] = work.draft[name].value;
  return values;
};

/** The sums, live: what does not fit, in words, with each figure and its cut. */
function check(work) {
  const found = broken(work.form, valuesOf(work)), done = Object.keys(work.draft).length;
  work.progress.textContent = t('progress', { done, all: work.form.fields.length });
  const words = JSON.stringify(found.map((item) => [item.equation.rule, item.left, item.right]));
  if (words === work.lastFindings) return;
  work.lastFindings = words;
  swap(work.findings, found.length
    ? [h('p', { class: 'state doubt' }, t('sums-broken', { count: found.length })), h('ul', { class: 'findings' }, found.map((item) => finding(work, item)))]
    : h('p', { class: 'note' }, t('sums-fine')));
  const named = {};
  for (const item of found) for (const name of item.figures) named[name] = true;
  for (const name of Object.keys(work.rows)) work.rows[name].node.setAttribute('data-sum', named[name] ? 'wrong' : '');
  if (found.length) say(found.map((item) => sumWords(item)).join(' '));
}

const sumWords = (item) => t('sum-line', { label: own(item.equation.label), left: item.left, right: item.right });

function finding(work, item) {
  return h('li', {}, h('p', {}, sumWords(item)), h('ul', { class: 'named' }, item.figures.map((name) => {
    const target = work.rows[name], picture = target.cut.querySelector('img');
    return h('li', {}, button(`${own(target.field.label)}: ${work.draft[name].value}`, () => focusOn(target.input), { class: 'plain' }),
      picture ? h('img', { src: picture.src, alt: '', class: 'cut' }) : null);
  })));
}

/** Cuts of this phone's own photographs, where the server's are not at hand. */
async function localCuts(work) {
  for (const photo of await photosOf(work.station.code, work.contest.code)) {
    if (!photo.blob || !photo.map || photo.form !== work.form.id) continue;
    const image = await imageOf(photo.blob).catch(() => null);
    for (const field of work.form.fields) {
      const target = work.rows[field.name];
      if (!image || field.page !== photo.page || !Array.isArray(field.boxes) || target.cut.firstChild) continue;
      const source = cutOf(image, photo.map, photo.scale, field.boxes);
      if (source) target.cut.appendChild(h('img', { src: source, alt: t('cut-of', { label: own(field.label) }) }));
      await new Promise((resolve) => setTimeout(resolve, 0)); // typing goes on meanwhile
    }
  }
}

async function confirm(work, node, insisted) {
  const missing = work.form.fields.filter((field) => !(field.name in work.draft));
  if (missing.length) {
    const { input, problem } = work.rows[missing[0].name];
    problem.textContent = t('problem-empty');
    say(t('missing', { count: missing.length }));
    work.progress.textContent = t('missing', { count: missing.length });
    focusOn(input);
    return;
  }
  const figures = valuesOf(work), request = uuid();
  const version = work.sheet && work.sheet.version !== undefined && Object.keys(work.sheet.figures || {}).length ? work.sheet.version : null;
  const replaced = work.last && work.last.state !== 'sent' ? work.last.request : null;
  try {
    await addConfirmation({ request, account: app.me.login, station: work.station.code, contest: work.contest.code, form: work.form.id, version, figures, insisted: insisted || [], rerun: work.rerun }, replaced);
  } catch (error) {
    const words = t(error && error.name === 'QuotaExceededError' ? 'store-figures' : 'store-none');
    swap(work.asked, h('p', { class: 'state refuse', role: 'alert', tabindex: -1 }, words));
    work.answer = '';
    focusOn(work.asked.firstChild);
    return;
  }
  await remove('drafts', work.key);
  await answered(work, node, true);
}

/** What the server said to the last confirmation, or that it waits. */
async function answered(work, node, fresh) {
  work.last = (await confirmationsOf(work.station.code, work.contest.code))[0];
  const last = work.last, place = work.asked;
  const now = last ? last.request + last.state + (last.error ? 'e' : '') : '';
  if (!last || (now === work.answer && place.firstChild)) return;
  work.answer = now;
  if (last.state === 'insist') { insist(work, node, last); return; }
  if (last.state === 'stale') {
    const before = work.rerun;
    await load(work);
    work.answer = '';
    if (work.rerun !== before) { draw(work, node); return; }
    const told = h('p', { class: 'state doubt', role: 'alert' }, t('state-stale'));
    if (fresh || !place.firstChild) { swap(place, told); }
    return;
  }
  const words = last.state === 'sent' ? t('confirm-sent') + (last.answer.message ? ' ' + last.answer.message : '')
    : (last.state === 'refused' ? t('state-refused', { why: (last.error && last.error.message) || '' }) : t('confirm-kept'));
  swap(place, h('div', { class: 'state ' + (last.state === 'refused' ? 'refuse' : 'good') }, h('p', {}, words),
    ((last.answer && last.answer.marked) || []).length ? h('ul', {}, last.answer.marked.map((text) => h('li', {}, text))) : null,
    last.state === 'refused' ? null : link(t('hand-open'), work.back + '/hasil', { class: 'button wide', id: 'serahkan' })));
  say(words);
  if (fresh) { window.scrollTo(0, 0); focusOn(place.firstChild); }
}

/** The server asks once more: figures that differ from a certain reading. */
function insist(work, node, last) {
  const chosen = {};
  const names = last.asked.filter((name) => work.rows[name]);
  const note = h('p', { class: 'wrong', role: 'alert' });
  const rows = names.map((name) => {
    const { field, cut } = work.rows[name], read = readOf(work, name), picture = cut.querySelector('img');
    const mine = last.figures[name], theirs = read ? (read.status === 'blank' ? null : read.value) : undefined;
    const told = (value) => (value === null ? t('is-blank') : value);
    const pick = (value, keep, key) => h('label', { class: 'pick' }, h('input', { type: 'radio', name: 'pilih-' + name, value: key, on: { change: () => { chosen[name] = { value, keep }; } } }), ' ', t(keep ? 'insist-mine' : 'insist-theirs', { value: told(value) }));
    return h('fieldset', {}, h('legend', {}, own(field.label)), picture ? h('img', { src: picture.src, alt: t('cut-of', { label: own(field.label) }), class: 'cut' }) : null,
      pick(mine, true, 'mine'), theirs === undefined ? null : pick(theirs, false, 'theirs'));
  });
  const send = button(t('insist-send'), async () => {
    if (names.some((name) => !chosen[name])) { note.textContent = t('insist-each'); return; }
    for (const name of Object.keys(last.figures)) work.draft[name] = { value: last.figures[name] };
    for (const name of names) work.draft[name] = { value: chosen[name].value };
    await confirm(work, node, [...last.insisted, ...names.filter((name) => chosen[name].keep)]);
    for (const name of names) {
      const target = work.rows[name];
      target.input.value = chosen[name].value === null ? '' : chosen[name].value;
      target.empty.setAttribute('aria-pressed', String(chosen[name].value === null));
      mark(work, target.field);
    }
    check(work);
  }, { class: 'button wide', id: 'kirim-lagi' });
  const title = h('h2', {}, t('insist-title'));
  swap(work.asked, h('div', { class: 'state doubt' }, title, h('p', {}, t('insist-how')), rows, note, send));
  say(t('insist-title') + '. ' + t('insist-how'));
  focusOn(title);
}
