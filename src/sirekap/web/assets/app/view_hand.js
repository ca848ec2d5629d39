// The confirmed result as a QR code and a link, made and signed on this phone, also without a network.
import { button, h, link, say, swap } from './dom.js';
import { certificateOf, deviceKey } from './device_key.js';
import { handOver, linkOf } from './handover.js';
import { encode, toSvg } from './qr.js';
import { get, put } from './queue.js';
import { app, confirmationsOf, contestOf, prepareHandOver, stationOf } from './state.js';
import { own, t, timeWords } from './words.js';

const LONG = 900; // letters of a link beyond which a code is hard to scan from a phone's screen

export async function handView(stationCode, code) {
  await stationOf(stationCode).catch(() => null);
  const at = contestOf(stationCode, code), back = `/app/#/tps/${stationCode}/${code}`;
  const confirmed = (await confirmationsOf(stationCode, code)).find((item) => ['sent', 'waiting'].indexOf(item.state) >= 0);
  const node = h('div', {}, h('h1', {}, t('hand-title')));
  if (!at || !confirmed) {
    node.appendChild(h('p', { class: 'state doubt' }, t('hand-after')));
    node.appendChild(link(t('back'), back));
    return { node };
  }
  const draw = async () => {
    const text = await textOf(at, confirmed).catch(() => null);
    swap(node, h('p', { class: 'kicker' }, link(`${own(at.contest.title)} · ${at.station.name || stationCode}`, back)), h('h1', {}, t('hand-title')),
      text ? code_(at, confirmed, text) : h('div', {}, h('p', { class: 'state doubt' }, t('hand-none')),
        button(t('hand-open'), async () => { await prepareHandOver().catch(() => {}); draw(); }, { class: 'button wide' })));
  };
  await draw();
  return { node };
}

/** The signed text of a confirmation; made once and kept, so that the code stays the same. */
async function textOf({ station, contest }, confirmed) {
  const kept = await get('results', confirmed.request);
  if (kept) return kept.text;
  const now = Math.floor(Date.now() / 1000), certificate = await certificateOf(app.me.login, station.code, now);
  if (!certificate) return null;
  const key = await deviceKey(app.me.login), form = contest.forms.find((item) => item.id === confirmed.form);
  const figures = form.fields.map((field) => confirmed.figures[field.name]);
  const text = await handOver({ certificate, privateKey: key.privateKey, contest: contest.code, form: form.id, at: now, figures });
  await put('results', { key: confirmed.request, text });
  return text;
}

function code_({ station, contest }, confirmed, text) {
  const address = linkOf(location.origin, text), form = contest.forms.find((item) => item.id === confirmed.form);
  const drawn = h('div', { class: 'qr' });
  drawn.innerHTML = toSvg(encode(address), t('hand-qr', { contest: own(contest.title), station: station.code }));
  const title = t('share-title', { contest: own(contest.title), station: station.code });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
    } catch (error) {
      field.select();
      document.execCommand('copy');
    }
    say(t('copied'));
    copied.textContent = t('copied');
  };
  const field = h('input', { id: 'tautan', readonly: true, value: address }), copied = h('p', { class: 'note' });
  return h('div', {}, drawn, h('p', {}, t('hand-how')),
    address.length > LONG ? h('p', { class: 'note' }, t('hand-large')) : null,
    confirmed.state === 'sent' ? null : h('p', { class: 'state doubt' }, t('hand-unsent')),
    navigator.share ? button(t('share'), () => navigator.share({ title, text: title, url: address }).catch(() => {}), { class: 'button wide' }) : null,
    h('label', { for: 'tautan' }, t('hand-link')), field,
    button(t('copy'), copy, { class: 'button second wide', id: 'salin' }), copied,
    h('h2', {}, t('check-figures')),
    h('dl', { class: 'figures-read' }, form.fields.map((item) => h('div', {}, h('dt', {}, own(item.label)), h('dd', {}, confirmed.figures[item.name] === null ? t('is-blank') : confirmed.figures[item.name])))),
    h('p', { class: 'note' }, timeWords(confirmed.taken_at)));
}
