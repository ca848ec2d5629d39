// The phone's store and its queue: photographs and confirmations wait in IndexedDB until the server has answered.
//
// A classic script, because the service worker of a phone of 2019 cannot import modules: it runs in pages (`import
// './sending.js'` in queue.js) and in sw.js (`importScripts`) alike and leaves `self.SirekapSending`. One sender at a
// time works, whatever pages are open: Web Locks, else a lease in the store.
//
// Sending twice is safe at every step: bytes go under their hash to a known offset, a delivery and a confirmation are
// known by hash and request. What is lost on the way is asked for again; nothing is ever counted twice.
(function (self) {
  'use strict';

  const API = '/api/v1';
  const LOCK = 'sirekap-sending';
  const KIB = 1024, LEAST = 64 * KIB, FIRST = 256 * KIB, MOST = 1024 * KIB; // bytes of a chunk
  const FAST = 1500, PATIENCE = 60000, LEASE = 90000, LOCKED = 60000; // ms
  const BACKOFF = { first: 2000, most: 300000 }; // ms, doubled each time, half of it by chance
  const STORES = { meta: 'key', photos: 'id', confirmations: 'request', drafts: 'key', results: 'key' };

  // ---- the store

  let opened = null;

  function database() {
    if (!opened) {
      opened = new Promise((resolve, reject) => {
        const asked = indexedDB.open('sirekap', 1);
        asked.onupgradeneeded = () => {
          for (const name of Object.keys(STORES)) {
            if (!asked.result.objectStoreNames.contains(name)) asked.result.createObjectStore(name, { keyPath: STORES[name] });
          }
        };
        asked.onsuccess = () => {
          asked.result.onversionchange = () => { asked.result.close(); opened = null; };
          resolve(asked.result);
        };
        asked.onerror = () => { opened = null; reject(asked.error); };
      });
    }
    return opened;
  }

  /** One transaction; `work(store)` may return a request, whose result is given once all of it is on the disk. */
  async function within(name, mode, work) {
    const base = await database();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(name, mode);
      const asked = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked ? asked.result : undefined);
      transaction.onabort = transaction.onerror = () => reject(transaction.error || new Error('the store refused'));
    });
  }

  const get = (name, key) => within(name, 'readonly', (store) => store.get(key));
  const all = (name) => within(name, 'readonly', (store) => store.getAll());
  const put = (name, item) => within(name, 'readwrite', (store) => store.put(item));
  const remove = (name, key) => within(name, 'readwrite', (store) => store.delete(key));

  /** Change what is there in one transaction: `change(item)` gives the new item, or null to leave it as it is. */
  async function update(name, key, change) {
    let now = null;
    await within(name, 'readwrite', (store) => {
      store.get(key).onsuccess = (event) => {
        now = event.target.result ? change(event.target.result) : null;
        if (now) store.put(now);
      };
    });
    return now;
  }

  const meta = async (key) => { const kept = await get('meta', key); return kept ? kept.value : null; };
  const keep = (key, value) => put('meta', { key, value });

  // ---- talking to the server

  class Answer extends Error {
    constructor(status, body, retry) {
      super((body && body.message) || 'HTTP ' + status);
      this.status = status;
      this.body = body || {};
      this.code = this.body.code || '';
      this.retry = retry; // ms the server asks to wait, or 0
    }

    /** Somebody must log in (again) before it can go on. */
    get locked() {
      return this.status === 401 || (this.status === 403 && ['csrf', 'ended', 'second_first', 'session'].indexOf(this.code) >= 0);
    }

    /** Sending the same again will not help. */
    get final() {
      return this.status >= 400 && this.status < 500 && !this.locked && [408, 409, 425, 429].indexOf(this.status) < 0;
    }
  }

  async function token() {
    if (self.document) {
      const found = /(?:^|;\s*)sirekap_csrf=([^;]+)/.exec(self.document.cookie);
      if (found) {
        if (found[1] !== token.kept) { token.kept = found[1]; keep('csrf', found[1]).catch(() => {}); }
        return found[1];
      }
    }
    return (await meta('csrf').catch(() => null)) || '';
  }

  /** Ask the API: its JSON, or null of 204. Throws Answer for a refusal, another error where no answer came. */
  async function ask(method, path, options) {
    const { json, bytes, login, patience = PATIENCE } = options || {};
    const headers = { Accept: 'application/json', 'Accept-Language': (await meta('language').catch(() => null)) || 'id' };
    if (method !== 'GET') headers['X-CSRFToken'] = await token();
    if (login) headers['X-Sirekap-Login'] = login; // whoever else is logged in by now, the server refuses
    if (json !== undefined) headers['Content-Type'] = 'application/json';
    if (bytes !== undefined) headers['Content-Type'] = 'application/octet-stream';
    const control = self.AbortController ? new AbortController() : null;
    const timer = control ? setTimeout(() => control.abort(), patience) : 0;
    try {
      const response = await fetch(API + path, {
        method, headers, credentials: 'same-origin', cache: 'no-store', redirect: 'error',
        body: json !== undefined ? JSON.stringify(json) : bytes, signal: control ? control.signal : undefined,
      });
      const text = await response.text();
      let body = null;
      try { body = text ? JSON.parse(text) : null; } catch (error) { body = null; }
      if (!response.ok) throw new Answer(response.status, body, 1000 * (Number(response.headers.get('Retry-After')) || 0));
      if (text && body === null) throw new Answer(502, null, 0); // somebody else's page, such as a hotspot's
      return body;
    } finally {
      clearTimeout(timer);
    }
  }

  // ---- one at a time

  const me = Math.random().toString(36).slice(2);

  /** Run `work` where no page and no worker does; otherwise say false at once. */
  async function alone(work) {
    if (self.navigator.locks) {
      return self.navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
        if (lock) await work(() => Promise.resolve());
        return Boolean(lock);
      });
    }
    const take = async () => {
      let mine = false;
      await within('meta', 'readwrite', (store) => {
        store.get('lease').onsuccess = (event) => {
          const held = event.target.result && event.target.result.value;
          mine = !held || held.by === me || held.until < Date.now();
          if (mine) store.put({ key: 'lease', value: { by: me, until: Date.now() + LEASE } });
        };
      });
      return mine;
    };
    if (!(await take())) return false;
    try {
      await work(async () => { if (!(await take())) throw new Error('another page has taken over'); });
    } finally {
      await update('meta', 'lease', (held) => (held.value.by === me ? { key: 'lease', value: { by: '', until: 0 } } : null));
    }
    return true;
  }

  // ---- the queue

  const channel = self.BroadcastChannel ? new BroadcastChannel('sirekap') : null;
  const listeners = [];
  if (channel) channel.onmessage = (event) => listeners.forEach((heard) => heard(event.data));

  function tell(what) {
    listeners.forEach((heard) => heard(what));
    if (channel) channel.postMessage(what);
  }

  async function changePhoto(id, change) {
    const now = await update('photos', id, (photo) => (photo.state === 'delivered' ? null : Object.assign({}, photo, change)));
    if (now) tell({ photo: id });
    return now;
  }

  /** Send one photograph from where it stands: its bytes, then its delivery. */
  async function sendPhoto(photo, renew) {
    const login = photo.account;
    let chunk = FIRST;
    let there = await ask('GET', '/uploads/' + photo.sha256, { login });
    let astray = 0;
    while (!there.complete) {
      await renew();
      if (!(await changePhoto(photo.id, { state: 'sending', offset: there.offset }))) return;
      const part = photo.blob.slice(there.offset, Math.min(photo.size, there.offset + chunk));
      const begun = Date.now();
      try {
        there = await ask('PUT', '/uploads/' + photo.sha256 + '?offset=' + there.offset + '&size=' + photo.size, { bytes: part, login });
        if (Date.now() - begun < FAST) chunk = Math.min(MOST, chunk * 2);
        else if (Date.now() - begun > 4 * FAST) chunk = Math.max(LEAST, chunk / 2);
      } catch (error) {
        astray += 1;
        if (!(error instanceof Answer) || error.status !== 409 || astray > 5) throw error;
        there = await ask('GET', '/uploads/' + photo.sha256, { login }); // another offset is true: ask for all of it
      }
    }
    // From here on it may have arrived, whatever happens: it can no longer be deleted on the phone.
    if (!(await changePhoto(photo.id, { state: 'delivering', offset: photo.size }))) return;
    const parcel = { sha256: photo.sha256, contest: photo.contest, station: photo.station, form: photo.form, name: photo.name };
    if (photo.page) parcel.page = photo.page;
    const answer = await ask('POST', '/deliveries', { json: parcel, login });
    await changePhoto(photo.id, {
      state: 'delivered', receipt: answer.receipt, status: answer.status, message: answer.message,
      eta_seconds: answer.eta_seconds, delivered_at: Date.now(), blob: null, error: null,
    });
  }

  async function sendConfirmation(waiting) {
    const body = { request: waiting.request, version: waiting.version, figures: waiting.figures, insisted: waiting.insisted, rerun: waiting.rerun || 0 };
    try {
      const answer = await ask('POST', '/sheets/' + waiting.contest + '/' + waiting.station + '/confirmation', { json: body, login: waiting.account });
      await update('confirmations', waiting.request, (c) => Object.assign({}, c, { state: 'sent', answer, sent_at: Date.now(), error: null }));
    } catch (error) {
      if (!(error instanceof Answer) || error.status !== 409) throw error;
      const state = error.code === 'insist' ? 'insist' : 'stale';
      await update('confirmations', waiting.request, (c) => Object.assign({}, c, { state, asked: error.body.figures || [], error: error.message }));
    }
    tell({ confirmation: waiting.request });
  }

  const pause = (tries) => Math.min(BACKOFF.most, BACKOFF.first * Math.pow(2, tries)) * (0.5 + Math.random() / 2);

  /** What an attempt that failed leaves behind: when to try again, or that it is of no use. */
  function afterFailure(item, error) {
    const answer = error instanceof Answer ? error : null, tries = (item.tries || 0) + 1;
    const told = { tries, error: { code: answer ? answer.code || String(answer.status) : 'network', message: answer ? error.message : '' } };
    if (answer && answer.final) return Object.assign(told, { state: 'refused' });
    const wait = Math.max(pause(tries - 1), answer ? answer.retry : 0);
    return Object.assign(told, { state: item.state === 'delivering' ? 'delivering' : 'waiting', next_try: Date.now() + wait });
  }

  const ready = (item, now) => ['waiting', 'sending', 'delivering'].indexOf(item.state) >= 0 && (item.next_try || 0) <= now;

  async function attempt(store, key, send, renew) {
    const item = await get(store, key);
    if (!item || !ready(item, Date.now())) return true;
    try {
      await send(item, renew);
      return true;
    } catch (error) {
      const locked = error instanceof Answer && error.locked;
      const left = afterFailure(item, error);
      // Until somebody logs in nothing will help; the app tries at once when it is opened after that.
      if (locked) { left.state = item.state === 'delivering' ? 'delivering' : 'waiting'; left.next_try = Date.now() + LOCKED; }
      await update(store, key, (now) => (now.state === 'delivered' || now.state === 'sent' ? null
        : Object.assign({}, now, left, now.state === 'delivering' && left.state === 'waiting' ? { state: 'delivering' } : {})));
      tell(store === 'photos' ? { photo: key } : { confirmation: key });
      if (locked) tell({ locked: true });
      return !locked && error instanceof Answer; // without a network or a session the others need not be tried
    }
  }

  /** Send all that waits and is due. False where another page is at it already. */
  async function run() {
    return alone(async (renew) => {
      const login = await meta('login');
      if (!login) return;
      const mine = (list) => list.filter((item) => item.account === login && ready(item, Date.now())).sort((a, b) => a.taken_at - b.taken_at);
      for (const photo of mine(await all('photos'))) {
        if (!(await attempt('photos', photo.id, sendPhoto, renew))) return;
      }
      for (const item of mine(await all('confirmations'))) {
        if (!(await attempt('confirmations', item.request, sendConfirmation, renew))) return;
      }
    });
  }

  /** When the next attempt is due, ms since 1970; null where nothing waits. */
  async function nextTry() {
    const login = await meta('login'), waiting = [];
    for (const name of ['photos', 'confirmations']) {
      for (const item of await all(name)) {
        if (item.account === login && ['waiting', 'sending', 'delivering'].indexOf(item.state) >= 0) waiting.push(item.next_try || 0);
      }
    }
    return waiting.length ? Math.min.apply(null, waiting) : null;
  }

  /** All that waits is due now: the network is back, or somebody asks for it. */
  async function hurry() {
    for (const name of ['photos', 'confirmations']) {
      for (const item of await all(name)) {
        if (item.next_try) await update(name, item[STORES[name]], (now) => Object.assign({}, now, { next_try: 0 }));
      }
    }
  }

  self.SirekapSending = {
    Answer, all, ask, get, hurry, keep, listeners, meta, nextTry, put, remove, run, tell, update,
  };
}(self));
