// The first screen: who, which station, its contests and how far each is.
import { forget } from './device_key.js';
import { button, h, link, redraw, say, swap } from './dom.js';
import { all, Answer, keep } from './queue.js';
import { app, confirmationsOf, formsOf, photosOf, stationOf } from './state.js';
import { canScan, scan } from './scan.js';
import { addressOf, sheetCode, targetAt } from './sheet_code.js';
import { own, t } from './words.js';

const STATION = /^[0-9]{13}$/;

export async function startView(code) {
  const node = h('div', {});
  let drawn = '';
  const draw = async () => {
    const content = await content_(code);
    const now = content.textContent;
    if (now === drawn) return;
    drawn = now;
    redraw(node, content);
  };
  await draw();
  return { node, changed: (what) => { if (!document.querySelector('#cari input:focus')) draw(); return what; } };
}

async function content_(code) {
  if (!app.me) return welcome();
  if (code) return stationPart(await stationOf(code).catch(() => null), code);
  const codes = Object.keys(app.stations).sort();
  const station = codes.length === 1 && stationMandate() ? app.stations[codes[0]] : null;
  if (station) return stationPart(station, station.code);
  return h('div', {},
    h('h1', {}, t('find-station')),
    h('p', { class: 'note' }, app.me.name),
    await foreignNote(),
    codes.length ? h('ul', { class: 'cards' }, codes.map((item) => h('li', {}, link(app.stations[item].name, '/app/#/tps/' + item, { class: 'card' })))) : null,
    finder(),
    h('p', { class: 'rest' }, logOut()));
}

const stationMandate = () => app.me.mandates.some((mandate) => mandate.unit.length === 13);

async function welcome() {
  return h('div', {},
    h('h1', {}, t('app')),
    await foreignNote(),
    h('p', { class: 'lead' }, t(navigator.onLine || app.locked ? 'log-in-first' : 'no-network-first')),
    h('p', {}, link(t('log-in'), '/app/masuk?next=' + encodeURIComponent('/app/'), { class: 'button wide' })),
    h('p', {}, link(t('check-title'), '/app/periksa', { class: 'button second wide' })));
}

/** What waits on this phone under other accounts: how much, and never of whom or what. */
async function foreignNote() {
  const open = [...(await all('photos')), ...(await all('confirmations'))]
    .filter((item) => item.account !== (app.me && app.me.login) && item.state !== 'delivered' && item.state !== 'sent');
  return open.length ? h('p', { class: 'state doubt' }, t('other-account', { count: open.length })) : null;
}

/** A station by its code, typed or from the QR code of a form. */
function finder() {
  const field = h('input', { id: 'kode', inputmode: 'numeric', maxlength: 13, autocomplete: 'off', 'aria-describedby': 'kode-salah', pattern: '[0-9]*' });
  const wrong = h('p', { id: 'kode-salah', class: 'wrong', role: 'alert' });
  const open = async (text) => {
    const code = sheetCode(text), digits = code ? code.station : text.replace(/\s/g, '');
    if (!STATION.test(digits)) { wrong.textContent = t('code-wrong', { count: digits.length }); field.focus(); return; }
    try {
      const station = await stationOf(digits), target = code && targetAt(station, code.form, code.page);
      location.hash = target ? addressOf(target) : '#/tps/' + digits; // a code names the page too
    } catch (error) {
      wrong.textContent = error instanceof Answer ? `${t('station-code', { code: digits })}: ${error.message}` : t('code-network');
    }
  };
  const form = h('form', { id: 'cari', class: 'card', on: { submit: (event) => { event.preventDefault(); open(field.value); } } },
    h('label', { for: 'kode' }, t('code-label')), field, wrong,
    h('button', { class: 'button wide' }, t('code-open')));
  canScan().then((can) => { if (can) form.appendChild(scanner(open)); });
  return form;
}

function scanner(open) {
  const place = h('div', {});
  let stop = null;
  const begin = async () => {
    if (stop) { stop.abort(); return; }
    stop = new AbortController();
    const video = h('video', { class: 'scan', muted: true, playsinline: true, 'aria-label': t('viewfinder') });
    swap(place, h('p', {}, t('scan-hint')), video);
    try {
      const text = await scan(video, { signal: stop.signal, accept: (found) => Boolean(sheetCode(found)) });
      if (text) open(text);
    } catch (error) {
      say(t('camera-none', { why: error.name }));
    }
    stop = null;
    swap(place);
  };
  return h('div', {}, button(t('code-scan'), begin, { class: 'button second wide' }), place);
}

async function stationPart(station, code) {
  if (!station) return h('div', {}, h('h1', {}, t('station-code', { code })), h('p', { class: 'state doubt' }, t('code-network')), link(t('back'), '/app/#/'));
  const cards = [];
  for (const contest of station.contests) cards.push(await contestCard(station, contest));
  return h('div', {},
    h('p', { class: 'kicker' }, t('station-code', { code: station.code })),
    h('h1', {}, station.name || t('station-code', { code: station.code })),
    h('p', { class: 'note' }, app.me.name),
    await foreignNote(),
    station.source === 'copy' ? h('p', { class: 'state' }, t('source-copy')) : null,
    h('h2', {}, t('contests')),
    h('ul', { class: 'cards' }, cards),
    stationMandate() && Object.keys(app.stations).length < 2 ? null : h('p', {}, link(t('find-station'), '/app/#/')),
    h('p', { class: 'rest' }, link(t('check-title'), '/app/periksa'), ' · ', logOut()));
}

/** Log out: the device's key is forgotten first, so that nobody signs results with this phone afterwards. */
function logOut() {
  const leave = link(t('log-out'), '/app/keluar', { id: 'keluar' });
  leave.addEventListener('click', async (event) => {
    event.preventDefault();
    if (!navigator.onLine) { say(t('offline-note')); return; } // the server would not hear of it, and the key is needed
    app.leaving = true;
    try {
      await forget(app.me.login);
      // What waits stays under its account; until somebody logs in again this phone is nobody's.
      await keep('me', null);
      await keep('login', null);
    } finally {
      location.assign('/app/keluar');
    }
  });
  return leave;
}

async function contestCard(station, contest) {
  const form = formsOf(station, contest)[0], photos = await photosOf(station.code, contest.code);
  const pages = form.pages.filter((page) => photos.some((photo) => photo.page === page.number)).length;
  const sent = form.pages.filter((page) => photos.some((photo) => photo.page === page.number && photo.state === 'delivered')).length;
  const confirmed = (await confirmationsOf(station.code, contest.code))[0];
  const state = !confirmed ? 'none' : (confirmed.state === 'sent' ? 'sent' : (confirmed.state === 'insist' || confirmed.state === 'stale' ? 'ask' : 'waiting'));
  return h('li', {}, h('a', { class: 'card', href: `/app/#/tps/${station.code}/${contest.code}` },
    h('strong', {}, own(contest.title)),
    h('span', {}, t('photos-state', { done: pages, all: form.pages.length, sent })),
    station.source === 'copy' ? null : h('span', { class: state === 'ask' ? 'wrong' : '' }, t('figures-' + state))));
}
