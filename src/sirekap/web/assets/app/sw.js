// The service worker: the shell lies on the phone, so that the app opens without a network and without the server.
//
// The server puts `const SHELL = {version, files}` before this text (sirekap.web.shell). Answers of the API are never
// cached: they belong to one account. With Background Sync it sends what waits while no page is open.
/* global SHELL */
importScripts('/app/assets/sending.js');

const CACHE = 'sirekap-shell-' + SHELL.version;
const PAGE = '/app/';
const SHELL_PAGES = ['/app', '/app/', '/app/periksa', '/app/periksa/'];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => Promise.all(SHELL.files.map(async (file) => {
    const response = await fetch(new Request(file, { cache: 'no-cache', credentials: 'omit' }));
    if (!response.ok || response.redirected) throw new Error(file + ': ' + response.status);
    await cache.put(file, response);
  }))).then(() => (self.registration.active ? undefined : self.skipWaiting())));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names
    .filter((name) => name.indexOf('sirekap-shell-') === 0 && name !== CACHE).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== 'GET' || address.origin !== self.location.origin) return;
  const page = event.request.mode === 'navigate' && SHELL_PAGES.indexOf(address.pathname) >= 0;
  const file = page ? PAGE : address.pathname;
  if (!page && SHELL.files.indexOf(file) < 0) return; // the API, log-in and all else go to the network
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(file)).then((kept) => kept || fetch(event.request)));
});

self.addEventListener('sync', (event) => {
  if (event.tag === 'sirekap-sending') event.waitUntil(sent());
});

/** Send what waits; the browser wakes us again where something still does. */
async function sent() {
  await self.SirekapSending.hurry();
  await self.SirekapSending.run();
  if ((await self.SirekapSending.nextTry()) !== null) throw new Error('something still waits');
}
