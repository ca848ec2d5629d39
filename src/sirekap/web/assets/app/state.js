// What the app knows: who, where, which forms; kept in the store so that it is there without a network.
import { Answer, all, ask, keep, meta, tell } from './queue.js';
import { certificateOf, deviceKey, keepCertificate } from './device_key.js';

export const app = { me: null, work: null, stations: {}, locked: false, leaving: false, storeFails: false, forms: null, keys: null, keysAt: 0 };

/** What the store holds from before. */
export async function recall() {
  try {
    app.me = await meta('me');
    const login = app.me && app.me.login;
    app.work = login ? await meta('work:' + login) : null;
    app.stations = (login && (await meta('stations:' + login))) || {};
    const keys = await meta('keys');
    if (keys) { app.keys = keys.document; app.keysAt = keys.at; }
    app.forms = await meta('forms');
  } catch (error) {
    app.storeFails = true;
  }
}

let asking = null; // the refresh that is on its way

/** Ask the server who we are and what there is to do. Without a network all stays as it is. */
export function refresh() {
  if (!asking) asking = refreshed().then(() => { asking = null; });
  return asking;
}

async function refreshed() {
  try {
    const me = await ask('GET', '/me');
    if (me.needs_second) { app.locked = true; return; }
    if (!app.me || app.me.login !== me.login) { app.work = null; app.stations = (await meta('stations:' + me.login)) || {}; }
    app.me = me;
    app.locked = false;
    await keep('me', me);
    await keep('login', me.login);
    const work = await ask('GET', '/work');
    app.work = { election: work.election, at: Date.now() };
    await takeStations(work.stations);
    await keep('work:' + me.login, app.work);
    prepareHandOver().catch(() => {});
  } catch (error) {
    if (error instanceof Answer && error.locked) app.locked = true;
  }
  tell({ state: true });
}

async function takeStations(stations) {
  for (const station of stations) app.stations[station.code] = station;
  await keep('stations:' + app.me.login, app.stations);
}

/** A station by its code, asked for where it is not on the phone. Throws Answer, or an error without a network. */
export async function stationOf(code) {
  if (!app.stations[code] && asking) await asking; // it may bring the station
  if (!app.stations[code]) {
    const work = await ask('GET', '/work?station=' + code);
    await takeStations(work.stations);
  }
  return app.stations[code] || null;
}

export function contestOf(stationCode, code) {
  const station = app.stations[stationCode];
  const contest = station && station.contests.find((item) => item.code === code);
  return contest ? { station, contest } : null;
}

/** The forms that a source photographs: officers the sheet itself, others also the copy on A4. */
export function formsOf(station, contest) {
  return station.source === 'copy' ? contest.forms : contest.forms.slice(0, 1);
}

export const allForms = () => {
  const seen = {};
  for (const code of Object.keys(app.stations)) {
    for (const contest of app.stations[code].contests) for (const form of contest.forms) seen[form.id] = form;
  }
  return Object.keys(seen).map((id) => seen[id]);
};

export const may = (act) => Boolean(app.me && app.me.acts.indexOf(act) >= 0);

/** The server's keys, for checking receipts and what others hand over; they are public. */
export async function refreshKeys() {
  try {
    app.keys = await ask('GET', '/keys');
    app.keysAt = Date.now();
    await keep('keys', { document: app.keys, at: app.keysAt });
  } catch (error) {
    // those kept from before serve
  }
}

/** The labels of all forms, for checking what others hand over; public too, and larger. */
export async function refreshForms() {
  try {
    const response = await fetch('/app/forms.json', { credentials: 'omit' });
    if (response.ok) {
      app.forms = unfolded(await response.json());
      await keep('forms', app.forms);
    }
  } catch (error) {
    // as above
  }
}

/** The forms by id: fields and equations stand once in the document and are named by their places. */
function unfolded(document) {
  const forms = {};
  const field = ([name, most, id, en]) => ({ name, most, label: { id, en } });
  const equation = ([rule, total, parts, id, en]) => ({ rule, total, parts: parts.split(' '), label: { id, en } });
  for (const form of document.forms) {
    forms[form.id] = {
      id: form.id, contest: form.contest, fields: form.fields.map((k) => field(document.fields[k])),
      equations: form.equations.map((k) => equation(document.equations[k])),
    };
  }
  return forms;
}

/** Get this phone certified for each station for which its account may hand results over. */
export async function prepareHandOver() {
  if (!may('result.hand')) return;
  const soon = Math.floor(Date.now() / 1000) + 6 * 3600;
  for (const code of Object.keys(app.stations)) {
    if (app.stations[code].source === 'copy' || (await certificateOf(app.me.login, code, soon))) continue;
    if (app.leaving) return; // a key that was just forgotten is not made anew
    const key = await deviceKey(app.me.login);
    const answer = await ask('POST', '/device-key', { json: { public_key: key.publicKey, station: code }, login: app.me.login });
    await keepCertificate(app.me.login, answer.certificate);
  }
}

const latest = (list) => list.sort((a, b) => b.taken_at - a.taken_at);

/** The latest rerun of a station's sheet, {number, label, at}, as far as this phone knows; null where it has none. */
export function rerunOf(stationCode, code) {
  const at = contestOf(stationCode, code);
  return (at && at.contest.rerun) || null;
}

/** This account's photographs of a contest, the newest first; none that was delivered before its latest rerun. */
export async function photosOf(station, contest) {
  const mine = (await all('photos')).filter((photo) => photo.account === (app.me && app.me.login)), again = rerunOf(station, contest);
  const over = (photo) => again && photo.receipt && Date.parse(photo.receipt.at) < Date.parse(again.at);
  return latest(mine.filter((photo) => photo.station === station && photo.contest === contest && !over(photo)));
}

/** This account's confirmations of a contest, the newest first; none that knew nothing of its latest rerun. */
export async function confirmationsOf(station, contest) {
  const mine = (await all('confirmations')).filter((item) => item.account === (app.me && app.me.login)), again = rerunOf(station, contest);
  const known = again ? again.number : 0;
  return latest(mine.filter((item) => item.station === station && item.contest === contest && (item.rerun || 0) >= known));
}
