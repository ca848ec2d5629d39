// One contest of one station: its pages, then its figures, then the hand-over.
import { button, h, link, redraw, say, swap, twice } from './dom.js';
import { Answer, ask, removePhoto } from './queue.js';
import { app, confirmationsOf, contestOf, formsOf, may, photosOf, rerunOf, stationOf } from './state.js';
import { own, t, timeWords } from './words.js';

let chosenForm = {}; // by station and contest, for who may photograph one of several forms

export async function contestView(stationCode, code) {
  await stationOf(stationCode).catch(() => null);
  const at = contestOf(stationCode, code);
  if (!at) return { node: h('div', {}, h('h1', {}, t('station-code', { code: stationCode })), h('p', {}, t('code-network'))) };
  const node = h('div', {});
  let seen = '';
  const draw = async (force) => {
    const photos = await photosOf(stationCode, code), confirmed = (await confirmationsOf(stationCode, code))[0];
    const now = JSON.stringify([photos.map((p) => [p.id, p.state, p.offset, p.next_try, p.error]), confirmed && confirmed.state]);
    if (now === seen && !force) return;
    seen = now;
    redraw(node, ...screen(at, photos, confirmed, () => draw(true)));
  };
  await draw();
  return { node, changed: () => draw() };
}

function screen({ station, contest }, photos, confirmed, redraw) {
  const forms = formsOf(station, contest), key = station.code + contest.code, copy = station.source === 'copy';
  const index = Math.min(chosenForm[key] || 0, forms.length - 1), form = forms[index], again = rerunOf(station.code, contest.code);
  return [
    h('p', { class: 'kicker' }, link(station.name || t('station-code', { code: station.code }), '/app/#/tps/' + station.code)),
    h('h1', {}, own(contest.title)),
    again ? h('p', { class: 'state doubt' }, t('rerun-told', { kind: own(again.label) })) : null,
    h('h2', {}, t('step-photos')),
    forms.length > 1 ? formChoice(forms, index, (k) => { chosenForm[key] = k; redraw(); }) : null,
    h('ul', { class: 'cards' }, form.pages.map((page) => pageCard(station, contest, form, index, page, photos))),
    ...(copy ? copyPart(station, contest) : officerPart(station, contest, confirmed)),
  ];
}

function formChoice(forms, index, choose) {
  return h('fieldset', { class: 'choice' }, h('legend', {}, t('which-form')),
    forms.map((form, k) => h('label', {}, h('input', { type: 'radio', name: 'form', id: 'form-' + k, value: k, checked: k === index, on: { change: () => choose(k) } }), ' ', form.id)));
}

export const pageTitle = (form, number) => t('page-of', { page: number, pages: form.pages.length });

/** How a photograph stands, in words. */
export function photoState(photo) {
  if (photo.state === 'sending') return t('state-sending', { share: Math.floor((100 * photo.offset) / photo.size) });
  if (photo.state === 'refused') return t('state-refused', { why: photo.error.message || photo.error.code });
  if (photo.state === 'waiting' && photo.error && photo.next_try > Date.now()) return t('state-retry', { time: timeWords(photo.next_try) });
  if (photo.state === 'delivered') {
    // how long the reading takes is true for a while only; that it was set aside stays true
    const fresh = Date.now() < photo.delivered_at + 2000 * (photo.eta_seconds || 0);
    const words = photo.message && (photo.status === 'refused' || fresh) ? photo.message : t('state-delivered');
    return words[0].toUpperCase() + words.slice(1);
  }
  return t('state-' + photo.state);
}

function pageCard(station, contest, form, index, page, photos) {
  const own_ = photos.filter((photo) => photo.page === page.number && photo.form === form.id);
  const to = `/app/#/tps/${station.code}/${contest.code}/foto/${page.number}${index ? '/' + index : ''}`;
  return h('li', { class: 'card page' },
    h('h3', {}, pageTitle(form, page.number)),
    own_.length ? own_.map(photoRow) : h('p', { class: 'note' }, t('page-none')),
    link(t(own_.length ? 'page-again' : 'page-take', { page: page.number }), to, { class: own_.length ? 'button second wide' : 'button wide', id: 'ambil-' + page.number }));
}

export function photoRow(photo) {
  const open = photo.state === 'waiting' || photo.state === 'sending' || photo.state === 'refused';
  return h('div', { class: 'photo ' + photo.state },
    photo.thumb ? h('img', { src: photo.thumb, alt: '', class: 'thumb' }) : null,
    h('div', {}, h('p', {}, photoState(photo)),
      photo.state === 'sending' ? h('progress', { max: photo.size, value: photo.offset, 'aria-label': t('state-sending', { share: '' }) }) : null,
      open ? twice(t('delete'), t('delete-sure'), async () => { say(t((await removePhoto(photo.id)) ? 'deleted' : 'delete-late')); }, { class: 'plain', id: 'hapus-' + photo.id }) : null));
}

function officerPart(station, contest, confirmed) {
  const base = `/app/#/tps/${station.code}/${contest.code}`;
  if (!may('sheet.confirm')) return [h('h2', {}, t('step-figures')), h('p', { class: 'note' }, t('not-officer'))];
  const asked = confirmed && (confirmed.state === 'insist' || confirmed.state === 'stale');
  const handed = confirmed && confirmed.state !== 'stale' && confirmed.state !== 'insist' && confirmed.state !== 'refused';
  return [
    h('h2', {}, t('step-figures')),
    confirmed ? h('p', { class: asked ? 'state doubt' : 'state good' }, t(confirmed.state === 'refused' ? 'state-refused' : (confirmed.state === 'sent' ? 'figures-sent' : 'state-' + confirmed.state), { why: confirmed.error && (confirmed.error.message || confirmed.error) })) : h('p', { class: 'note' }, t('figures-later')),
    link(t(confirmed && !asked ? 'confirm-again' : 'figures-open'), base + '/angka', { class: confirmed && !asked ? 'button second wide' : 'button wide', id: 'angka' }),
    h('h2', {}, t('step-hand')),
    handed ? link(t('hand-open'), base + '/hasil', { class: 'button wide', id: 'hasil' }) : h('p', { class: 'note' }, t('hand-after')),
  ];
}

/** What a witness or supervisor sees: what was read of the own copy, and where it differs from the officers'. */
function copyPart(station, contest) {
  const place = h('div', { 'aria-live': 'polite' });
  const compare = async () => {
    try {
      const copy = await ask('GET', `/copies/${contest.code}/${station.code}`);
      const form = contest.forms.find((item) => item.id === copy.form) || contest.forms[0];
      const label = (name) => { const field = form.fields.find((item) => item.name === name); return field ? own(field.label) : name; };
      const told = (value) => (value === null || value === undefined ? t('is-blank') : value);
      swap(place,
        copy.message ? h('p', {}, copy.message) : null,
        (copy.differences || []).length ? h('ul', { class: 'findings' }, copy.differences.map((d) => h('li', {}, t('copy-differ', { figure: label(d.figure), copy: told(d.copy), officer: told(d.officer) }))))
          : (copy.differences ? h('p', { class: 'state good' }, t('copy-same')) : null),
        h('h3', {}, t('copy-read')),
        h('dl', { class: 'figures-read' }, form.fields.filter((field) => copy.figures[field.name]).map((field) => {
          const figure = copy.figures[field.name];
          return h('div', {}, h('dt', {}, own(field.label)), h('dd', {}, figure.status === 'read' ? figure.value : t(figure.status === 'blank' ? 'is-blank' : 'read-not')));
        })));
    } catch (error) {
      swap(place, h('p', { class: 'state doubt' }, error instanceof Answer ? (error.status === 404 ? t('copy-none') : error.message) : t('offline-note')));
    }
  };
  return [h('h2', {}, t('compare')), h('p', { class: 'note' }, t('source-copy')), button(t('compare'), compare, { class: 'button second wide' }), place];
}
