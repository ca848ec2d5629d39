// The key by which a device signs results: made on it, kept in IndexedDB, and never to be taken out of it.
//
// One key a login; its certificates (POST /device-key) lie beside it, one a station. Logging out forgets both.

import { ALGORITHM, decodeCertificate, fromText, toText } from "./handover.js";

const DATABASE = "sirekap-keys";
const KEYS = "keys"; // {login, pair, publicKey}
const CERTIFICATES = "certificates"; // {login, station, text}

// The device's key for a login, made where there is none: {privateKey, publicKey}. `publicKey` is x and y in
// base64url, as the server wants it. Two tabs at once get the same key.
export async function deviceKey(login) {
  const kept = await read(KEYS, login);
  if (kept !== undefined) return shown(kept);
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const made = { login, privateKey: pair.privateKey, publicKey: toText(raw.subarray(1)) };
  // Between reading and writing another tab may have made one: within one transaction only the first counts.
  return shown(
    await transact([KEYS], "readwrite", (stores, done) => {
      const asked = stores[KEYS].get(login);
      asked.onsuccess = () => {
        if (asked.result === undefined) stores[KEYS].put(made);
        done(asked.result === undefined ? made : asked.result);
      };
    }),
  );
}

// Keep a certificate as the server gave it. Throws HandoverError where it is none, Error where it is another key's.
export async function keepCertificate(login, text) {
  const certificate = decodeCertificate(fromText(text));
  const kept = await read(KEYS, login);
  if (kept === undefined || kept.publicKey !== toText(certificate.publicKey)) {
    throw new Error("the certificate is not that of this device's key; ask for another one");
  }
  await transact([CERTIFICATES], "readwrite", (stores, done) => {
    stores[CERTIFICATES].put({ login, station: certificate.station, text });
    done(undefined);
  });
}

// The certificate's text for a station where it allows to sign at a time (seconds since 1970), else null.
export async function certificateOf(login, station, at) {
  const kept = await read(CERTIFICATES, [login, station]);
  if (kept === undefined) return null;
  const certificate = decodeCertificate(fromText(kept.text));
  return certificate.issued <= at && at <= certificate.expires ? kept.text : null;
}

// Forget the key and the certificates of a login: what it signed stays genuine, it signs nothing more.
export async function forget(login) {
  await transact([KEYS, CERTIFICATES], "readwrite", (stores, done) => {
    stores[KEYS].delete(login);
    stores[CERTIFICATES].delete(IDBKeyRange.bound([login], [login, []]));
    done(undefined);
  });
}

function shown(kept) {
  return { privateKey: kept.privateKey, publicKey: kept.publicKey };
}

function read(store, key) {
  return transact([store], "readonly", (stores, done) => {
    const asked = stores[store].get(key);
    asked.onsuccess = () => done(asked.result);
  });
}

// Run one transaction: the promise is kept with what `work` handed to `done`, once all of it is on the disk.
async function transact(names, mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(names, mode);
      const stores = {};
      let result;
      for (const name of names) stores[name] = transaction.objectStore(name);
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
      work(stores, (value) => {
        result = value;
      });
    });
  } finally {
    database.close();
  }
}

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(KEYS, { keyPath: "login" });
      asked.result.createObjectStore(CERTIFICATES, { keyPath: ["login", "station"] });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
