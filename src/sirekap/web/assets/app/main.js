// The app's beginning: what is kept is shown first, the network only adds to it. Views are chosen by the address.
import { button, focusOn, h, link, redraw, say, swap } from './dom.js';
import { all, keep, listeners, meta, start } from './queue.js';
import { app, recall, refresh, refreshForms, refreshKeys } from './state.js';
import { currentLanguage, setLanguage, t } from './words.js';
import { startView } from './view_start.js';
import { contestView } from './view_contest.js';
import { captureView } from './view_capture.js';
import { figuresView } from './view_figures.js';
import { handView } from './view_hand.js';
import { checkView } from './view_check.js';
import { queueView } from './view_queue.js';

const CHECK = '/app/periksa';
const LATER = 30000; // ms
const ROUTES = [
  [/^#\/kirim$/, () => queueView()],
  [/^#\/tps\/([0-9]{13})\/([a-z0-9_]+)\/foto\/([0-9]+)(?:\/([0-9]+))?$/, captureView],
  [/^#\/tps\/([0-9]{13})\/([a-z0-9_]+)\/angka$/, figuresView],
  [/^#\/tps\/([0-9]{13})\/([a-z0-9_]+)\/hasil$/, handView],
  [/^#\/tps\/([0-9]{13})\/([a-z0-9_]+)$/, contestView],
  [/^#\/tps\/([0-9]{13})$/, startView],
];
let shown = { dispose: null, changed: null, number: 0 };

async function chosenLanguage() {
  try { return (await meta('language')) || 'id'; } catch (error) { return 'id'; }
}

/** Show what the address names; the focus goes to its heading, so that screen readers begin there. */
async function route(first) {
  const number = shown.number + 1;
  if (shown.dispose) shown.dispose();
  shown = { dispose: null, changed: null, number };
  const main = document.getElementById('isi');
  if (!first) swap(main, h('p', {}, t('loading'))); // nothing of the screen before may be pressed any more
  let view;
  try {
    view = await found();
  } catch (error) {
    view = { node: h('div', {}, h('h1', {}, t('app')), h('p', { class: 'state refuse' }, t('fault', { what: error.message })), link(t('back'), '/app/#/')) };
  }
  if (shown.number !== number) { if (view.dispose) view.dispose(); return; }
  shown.dispose = view.dispose || null;
  shown.changed = view.changed || null;
  swap(main, view.node);
  window.scrollTo(0, 0);
  const heading = main.querySelector('h1');
  document.title = (heading ? heading.textContent + ' · ' : '') + t('app');
  if (!first) focusOn(heading);
  if (view.shown) view.shown();
}

function found() {
  if (location.pathname.replace(/\/$/, '') === CHECK) return checkView();
  for (const [pattern, view] of ROUTES) {
    const match = pattern.exec(location.hash);
    if (match) return view(...match.slice(1));
  }
  return startView();
}

/** The head of every screen: name, network, queue, language. */
async function drawHead() {
  const login = app.me && app.me.login;
  let waiting = 0, sent = 0;
  try {
    for (const item of [...(await all('photos')), ...(await all('confirmations'))]) {
      if (item.account !== login) continue;
      if (['delivered', 'sent'].indexOf(item.state) >= 0) sent += 1; else waiting += 1;
    }
  } catch (error) {
    app.storeFails = true;
  }
  const other = currentLanguage() === 'id' ? 'en' : 'id';
  const words = waiting ? t('queue-waiting', { count: waiting }) : t(sent ? 'queue-done' : 'queue-empty');
  redraw(document.getElementById('kepala'),
    h('a', { class: 'brand', href: '/app/#/' }, h('img', { src: '/app/assets/icon.svg', alt: '', width: 28, height: 28 }), h('b', {}, t('app'))),
    button(t('other-language'), () => change(other), { class: 'plain', lang: other }),
    login ? h('a', { class: 'status', href: '/app/#/kirim' }, h('span', { class: navigator.onLine ? 'dot on' : 'dot off', 'aria-hidden': 'true' }),
      (navigator.onLine ? '' : t('offline') + ' · ') + words) : null);
  const warning = document.getElementById('peringatan');
  redraw(warning, app.storeFails ? h('p', { class: 'state refuse' }, t('store-none')) : null,
    app.locked && app.me ? h('p', { class: 'state doubt' }, t('log-in-again') + ' ', link(t('log-in'), logInLink(), { class: 'button' })) : null);
}

const logInLink = () => '/app/masuk?next=' + encodeURIComponent('/app/');

async function change(code) {
  setLanguage(code);
  try { await keep('language', code); } catch (error) { app.storeFails = true; }
  document.getElementById('lewati').textContent = t('skip');
  await drawHead();
  await route(true);
  document.querySelector('#kepala button').focus();
  refresh().then(drawHead);
}

/** The service worker, and the offer to use a new version once it lies ready. */
function registerWorker() {
  if (!('serviceWorker' in navigator)) return;
  const offer = (worker) => {
    const bar = document.getElementById('pembaruan');
    swap(bar, h('p', {}, t('update') + ' ', button(t('update-now'), () => worker.postMessage('take-over'), { class: 'button' })));
  };
  navigator.serviceWorker.register('/app/sw.js', { scope: '/app/', updateViaCache: 'none' }).then((registration) => {
    if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const fresh = registration.installing;
      fresh.addEventListener('statechange', () => {
        if (fresh.state === 'installed' && navigator.serviceWorker.controller) offer(fresh);
      });
    });
  }).catch(() => {}); // without a network the one that is there serves
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) location.reload(); // the queue lies in IndexedDB: nothing is lost
    controlled = true;
  });
}

async function begin() {
  setLanguage(await chosenLanguage());
  document.getElementById('lewati').textContent = t('skip');
  registerWorker();
  await recall();
  const refreshed = refresh();
  await drawHead();
  await route(true);
  window.addEventListener('hashchange', () => route(false));
  window.addEventListener('offline', () => { drawHead(); say(t('offline-note')); });
  window.addEventListener('online', () => { drawHead(); refresh().then(drawHead); });
  let due = 0;
  listeners.push((what) => {
    if (what.locked) app.locked = true;
    if (shown.changed) shown.changed(what);
    clearTimeout(due);
    due = setTimeout(drawHead, 200);
  });
  refreshKeys();
  // Who checks needs the forms' labels at once; on an officer's phone photographs come first.
  setTimeout(refreshForms, app.me && location.pathname.indexOf(CHECK) ? LATER : 0);
  await refreshed;
  await drawHead();
  start();
}

begin();
