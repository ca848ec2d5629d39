// What waits, what is on its way, and the server's receipts, which can be kept as text.
import { button, h, link, redraw, saveText } from './dom.js';
import { readKeys } from './handover.js';
import { all, pumpNow } from './queue.js';
import { isReceipt } from './receipt.js';
import { app } from './state.js';
import { photoRow } from './view_contest.js';
import { contestName, sizeWords, t, timeWords } from './words.js';

export async function queueView() {
  const node = h('div', {});
  let seen = '';
  const draw = async () => {
    const login = app.me && app.me.login;
    const mine = async (name) => (await all(name)).filter((item) => item.account === login).sort((a, b) => b.taken_at - a.taken_at);
    const photos = await mine('photos'), confirmations = await mine('confirmations');
    const now = JSON.stringify([photos.map((p) => [p.id, p.state, p.offset, p.next_try]), confirmations.map((c) => [c.request, c.state])]);
    if (now === seen) return;
    seen = now;
    const safe = navigator.storage && navigator.storage.persisted ? await navigator.storage.persisted().catch(() => false) : false;
    redraw(node, ...screen(photos, confirmations, safe));
  };
  await draw();
  return { node, changed: draw };
}

function screen(photos, confirmations, safe) {
  const waiting = [...photos, ...confirmations].filter((item) => item.state !== 'delivered' && item.state !== 'sent').length;
  const received = photos.filter((photo) => photo.receipt);
  return [
    h('p', { class: 'kicker' }, link(t('back'), '/app/#/')),
    h('h1', {}, t('queue-title')),
    h('p', { class: waiting ? 'state doubt' : 'state good' }, waiting ? t('queue-waiting', { count: waiting }) : t(photos.length ? 'queue-done' : 'queue-none')),
    navigator.onLine ? null : h('p', { class: 'note' }, t('offline-note')),
    waiting ? button(t('queue-now'), pumpNow, { class: 'button wide', id: 'kirim' }) : null,
    h('p', { class: 'note' }, t(safe ? 'persisted' : 'not-persisted')),
    h('ul', { class: 'cards' }, photos.map(card), confirmations.map((item) => h('li', { class: 'card' },
      h('h2', {}, t('confirmation')), h('p', {}, `${contestName(item.contest)} · ${t('station-code', { code: item.station })}`),
      h('p', {}, t(item.state === 'refused' ? 'state-refused' : 'state-' + item.state, { why: (item.error && item.error.message) || '' }))))),
    received.length ? button(t('receipt-all'), () => saveText('sirekap-tanda-terima.txt', received.map(receiptText).join('\n\n')), { class: 'button second wide', id: 'simpan-semua' }) : null,
  ];
}

function card(photo) {
  return h('li', { class: 'card' },
    h('h2', {}, contestName(photo.contest), ' · ', t('page-plain', { page: photo.page })),
    h('p', { class: 'note' }, `${t('station-code', { code: photo.station })} · ${sizeWords(photo.size)} · ${timeWords(photo.taken_at)}`),
    photoRow(photo), photo.receipt ? receiptPart(photo) : null);
}

function receiptPart(photo) {
  const signed = h('p', { class: 'note' });
  const details = h('details', { on: { toggle: async () => {
    if (!details.open || signed.textContent) return;
    const keys = app.keys ? await readKeys(app.keys).catch(() => new Map()) : new Map();
    signed.textContent = t((await isReceipt(photo.receipt, keys)) ? 'receipt-signed' : 'receipt-unsigned');
  } } }, h('summary', {}, t('receipt')), h('p', {}, t('receipt-at', { time: timeWords(photo.delivered_at) })), signed,
  h('pre', { tabindex: 0 }, receiptText(photo)));
  return details;
}

/** A receipt as a text that another program can check again. */
export function receiptText(photo) {
  return JSON.stringify(photo.receipt, null, 1);
}
