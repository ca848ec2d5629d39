// The queue as the pages use it: what waits goes out when there is a network, when the app is looked at, and by itself.
import './sending.js';

export const {
  Answer, all, ask, get, hurry, keep, listeners, meta, nextTry, put, remove, run, tell, update,
} = self.SirekapSending;

const LONGEST = 60000; // ms between two looks at what waits
let timer = 0, running = false, again = false;

/** Send what is due, and come again when the next is. */
export async function pump() {
  if (running) { again = true; return; }
  running = true;
  clearTimeout(timer);
  let next = null;
  try {
    do {
      again = false;
      await run();
    } while (again);
    next = await nextTry();
  } catch (error) {
    next = Date.now() + LONGEST; // the store cannot be opened: the screens say so
  } finally {
    running = false;
  }
  if (next !== null) timer = setTimeout(pump, Math.max(500, Math.min(LONGEST, next - Date.now())));
}

/** Try at once all that waits. */
export async function pumpNow() {
  await hurry();
  await pump();
}

/** Begin: now, on `online`, when the page is looked at, and by Background Sync where the browser has it. */
export function start() {
  window.addEventListener('online', pumpNow);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') pumpNow(); });
  pumpNow(); // somebody may just have logged in again
}

/** Ask the browser to wake the service worker when the network is back, also with the app closed. */
export async function askForSync() {
  try {
    const registration = await navigator.serviceWorker.ready;
    if (registration.sync) await registration.sync.register('sirekap-sending');
  } catch (error) {
    // not every browser has it, and some refuse it in private windows: the app sends when it is opened
  }
}

/** A random UUID (version 4), also where crypto.randomUUID is missing. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Keep a photograph and let it be sent. Throws the store's error, such as QuotaExceededError. */
export async function addPhoto(photo) {
  await put('photos', { state: 'waiting', offset: 0, tries: 0, next_try: 0, taken_at: Date.now(), ...photo });
  tell({ photo: photo.id });
  askForSync();
  pump();
}

/** Forget a photograph that was not sent. False where it was, or may have been. */
export async function removePhoto(id) {
  const photo = await get('photos', id);
  if (!photo || photo.state === 'delivered' || photo.state === 'delivering') return false;
  await remove('photos', id);
  tell({ photo: id });
  return true;
}

/** Keep a confirmation in the place of one that was not sent, and let it be sent. Throws the store's error. */
export async function addConfirmation(confirmation, replaced) {
  await put('confirmations', { state: 'waiting', tries: 0, next_try: 0, taken_at: Date.now(), insisted: [], ...confirmation });
  if (replaced) await remove('confirmations', replaced);
  tell({ confirmation: confirmation.request });
  askForSync();
  pump();
}
