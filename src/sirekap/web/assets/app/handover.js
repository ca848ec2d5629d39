// A confirmed result as it is handed to a witness without a network: made, read and checked on a phone.
//
// The same codec, signed messages and verdicts as record/handover.py and record/verdict.py; docs/formats.md says them
// byte by byte, and tests hold the two together. Written for browsers of 2019 on: no ?. ?? or private fields.

import { Fault, HandoverError, fromText, toText } from "./base64url.js";

export { Fault, HandoverError, fromText, toText };

export const VERSION = 1;
export const MOST_VALUE = 999999;
export const MOST_FIGURES = 999;
export const MOST_TEXT = 4000;
export const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const CERTIFICATE_DOMAIN = "sirekap/certificate/1\n";
const RESULT_DOMAIN = "sirekap/result/1\n";
const POINT = 64;
const CLOCKS_DIFFER = 600;
const ROLE = /^[a-z_]{1,16}$/;
const CONTEST = /^[a-z]{1,16}$/;
const FORM = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/;

// The first check that fails is told; the order is that of the checks.
export const WORDS = {
  unreadable: {
    id: "Tidak terbaca: teks ini tidak utuh, bukan hasil yang diserahkan, atau dari versi aplikasi yang lebih baru. Pindai atau salin lagi.",
    en: "Unreadable: this text is not whole, no handed-over result, or from a newer version of the app. Scan or copy it again.",
  },
  unknown_key: {
    id: "Belum dapat diperiksa: kunci server yang menjaminnya tidak ada di gawai ini. Sambungkan ke internet sekali, lalu periksa lagi.",
    en: "Cannot be checked yet: the server's key that vouches for it is not on this device. Connect to the internet once, then check again.",
  },
  certificate: {
    id: "Palsu: server tidak pernah menjamin gawai yang menandatanganinya.",
    en: "False: the server never vouched for the device that signed it.",
  },
  result: {
    id: "Palsu: hasil ini diubah setelah ditandatangani, atau tidak ditandatangani gawai petugas.",
    en: "False: this result was changed after it was signed, or the officer's device did not sign it.",
  },
  time: {
    id: "Tidak sah: gawai ini tidak boleh menyerahkan hasil pada waktu yang tertulis di dalamnya.",
    en: "Not valid: the device was not allowed to hand results over at the time that it names.",
  },
  ended: {
    id: "Tidak sah: sesi gawai ini sudah diakhiri sebelum hasil ini dibuat.",
    en: "Not valid: the device's session had been ended before this result was made.",
  },
  form: {
    id: "Tidak sah: angkanya tidak cocok dengan formulir yang disebut.",
    en: "Not valid: its figures do not fit the form that it names.",
  },
  genuine: {
    id: "Asli: ditandatangani gawai petugas TPS ini dan tidak diubah. Bandingkan dengan lembar C.Hasil.",
    en: "Genuine: signed by a device of this station's officers and not changed. Compare it with the paper.",
  },
};
export const REMARKS = {
  clock: {
    id: "Menurut jam gawai ini hasil tersebut dibuat di masa depan; salah satu jam keliru.",
    en: "By this device's clock the result was made in the future; one of the two clocks is wrong.",
  },
  form: {
    id: "Formulirnya tidak dikenal gawai ini: angka tampil tanpa nama.",
    en: "This device does not know the form: the figures are shown without their names.",
  },
};

// Sign a confirmed result: its text. `certificate` is the text that POST /device-key gave, `privateKey` the
// device's CryptoKey, `at` seconds since 1970, `figures` numbers or null (blank) in the form's order.
// Throws HandoverError where the certificate is none, RangeError for a field that cannot be one.
export async function handOver(result) {
  const certificate = fromText(result.certificate);
  decodeCertificate(certificate);
  const figures = result.figures;
  need(figures.length >= 1 && figures.length <= MOST_FIGURES, "1 to " + MOST_FIGURES + " figures", figures.length);
  need(CONTEST.test(result.contest), "the code of a contest", result.contest);
  need(FORM.test(result.form), "the id of a form", result.form);
  need(Number.isInteger(result.at) && result.at >= 0 && result.at < 4294967296, "seconds since 1970", result.at);
  const bytes = [VERSION];
  certificate.forEach((byte) => bytes.push(byte));
  pushWord(bytes, result.contest);
  pushWord(bytes, result.form);
  for (const shift of [24, 16, 8, 0]) bytes.push((result.at >>> shift) & 255);
  pushVarint(bytes, figures.length);
  for (const value of figures) {
    const fits = value === null || (Number.isInteger(value) && value >= 0 && value <= MOST_VALUE);
    need(fits, "null or 0 to " + MOST_VALUE, value);
    pushVarint(bytes, value === null ? 0 : value + 1);
  }
  const message = joined(RESULT_DOMAIN, Uint8Array.from(bytes));
  const signature = new Uint8Array(await crypto.subtle.sign(SIGNING, result.privateKey, message));
  signature.forEach((byte) => bytes.push(byte));
  return toText(Uint8Array.from(bytes));
}

// The link that a QR code says; `origin` such as https://kpu.example.
export function linkOf(origin, text) {
  return origin + "/app/periksa#" + text;
}

// The result of a text, or of a link that ends in # and the text. Throws HandoverError.
export function decode(text) {
  const data = fromText(bare(text));
  const reader = new Reader(data);
  reader.version("a result");
  const certificate = reader.certificate();
  const contest = reader.word(CONTEST, "the code of a contest such as ppwp");
  const form = reader.word(FORM, "a form such as C.HASIL-PPWP/2024");
  const at = reader.number(4);
  const count = reader.varint(MOST_FIGURES);
  if (count === 0) throw new HandoverError(Fault.NUMBER, "at least one figure", "none");
  const figures = [];
  for (let index = 0; index < count; index += 1) {
    const number = reader.varint(MOST_VALUE + 1);
    figures.push(number === 0 ? null : number - 1);
  }
  const message = joined(RESULT_DOMAIN, data.subarray(0, reader.at));
  const signature = reader.take(POINT);
  reader.end();
  return { certificate, station: certificate.station, contest, form, at, figures, signature, message };
}

// A certificate from its bytes and nothing after them. Throws HandoverError.
export function decodeCertificate(data) {
  const reader = new Reader(data);
  const certificate = reader.certificate();
  reader.end();
  return certificate;
}

// The server's public keys, as GET /keys gives them, by id. Throws HandoverError for another shape, or an id
// that is not its key's.
export async function readKeys(document) {
  const keys = new Map();
  const items = document && Array.isArray(document.keys) ? document.keys : null;
  if (items === null) throw new HandoverError(Fault.TEXT, "the server's keys", "another document");
  for (const item of items) {
    const key = fromText(String(item.public_key));
    const id = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", key)).subarray(0, 8));
    if (key.length !== POINT || id !== item.id) throw new HandoverError(Fault.TEXT, "the key of its id", item.id);
    keys.set(id, key);
  }
  return keys;
}

// Whether a text or link is a genuine result; never throws. `keys` from readKeys, `at` the time of the check in
// seconds since 1970, `forms` by id: {contest, most: [the largest value of each figure]}.
// Gives {reason, outcome: genuine | false | unknown, words: {id, en}, handover, fault, remarks: [code]}.
export async function check(text, { keys, at, forms = {} }) {
  let handover;
  try {
    handover = decode(text);
  } catch (error) {
    if (!(error instanceof HandoverError)) throw error;
    return verdict("unreadable", null, error.fault, []);
  }
  const form = Object.prototype.hasOwnProperty.call(forms, handover.form) ? forms[handover.form] : null;
  const remarks = [];
  if (handover.at > at + CLOCKS_DIFFER) remarks.push("clock");
  if (form === null) remarks.push("form");
  return verdict(await reasonOf(handover, keys, form), handover, null, remarks);
}

async function reasonOf(handover, keys, form) {
  const certificate = handover.certificate;
  const server = keys.get(certificate.key);
  if (server === undefined) return "unknown_key";
  if (!(await verify(server, certificate.message, certificate.signature))) return "certificate";
  if (!(await verify(certificate.publicKey, handover.message, handover.signature))) return "result";
  if (handover.at < certificate.issued || handover.at > certificate.expires) return "time";
  if (form !== null && !fits(handover, form)) return "form";
  return "genuine";
}

function fits(handover, form) {
  const within = (value, index) => value === null || value <= form.most[index];
  return (
    handover.contest === form.contest &&
    handover.figures.length === form.most.length &&
    handover.figures.every(within)
  );
}

function verdict(reason, handover, fault, remarks) {
  const open = reason === "unreadable" || reason === "unknown_key";
  const outcome = reason === "genuine" ? "genuine" : open ? "unknown" : "false";
  return { reason, outcome, words: WORDS[reason], handover, fault, remarks };
}

// Whether a public key (x and y), a message and a signature (r and s) go together.
export async function verify(publicKey, message, signature) {
  const point = new Uint8Array(1 + POINT);
  point[0] = 4;
  point.set(publicKey, 1);
  let key;
  try {
    key = await crypto.subtle.importKey("raw", point, ALGORITHM, false, ["verify"]);
  } catch (error) {
    return false; // no point of the curve
  }
  return crypto.subtle.verify(SIGNING, key, signature, message);
}

// The bytes of a text in UTF-8, followed by more bytes.
export function joined(text, data) {
  const head = new TextEncoder().encode(text);
  const out = new Uint8Array(head.length + data.length);
  out.set(head);
  out.set(data, head.length);
  return out;
}

function bare(text) {
  const start = text.slice(0, 2 * MOST_TEXT);
  const found = start.slice(start.lastIndexOf("#") + 1).replace(/[ \t\r\n]/g, "");
  if (found === "") throw new HandoverError(Fault.TEXT, "a text", "nothing");
  if (found.length > MOST_TEXT || text.length > 2 * MOST_TEXT) {
    throw new HandoverError(Fault.LONG, "at most " + MOST_TEXT + " letters", found.length);
  }
  return found;
}

function hex(data) {
  return Array.from(data, (byte) => (byte < 16 ? "0" : "") + byte.toString(16)).join("");
}

function need(right, expected, found) {
  if (!right) throw new RangeError("a result: expected " + expected + "; found " + found);
}

function pushWord(bytes, word) {
  bytes.push(word.length);
  for (let index = 0; index < word.length; index += 1) bytes.push(word.charCodeAt(index));
}

// LEB128: seven bits a byte, the lowest first; the top bit says that more follow.
function pushVarint(bytes, number) {
  let rest = number;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
}

class Reader {
  constructor(data) {
    this.data = data;
    this.at = 0;
  }

  take(count) {
    if (this.at + count > this.data.length) {
      throw new HandoverError(Fault.SHORT, "at least " + (this.at + count) + " bytes", this.data.length);
    }
    this.at += count;
    return this.data.subarray(this.at - count, this.at);
  }

  end() {
    if (this.at !== this.data.length) throw new HandoverError(Fault.LONG, this.at + " bytes", this.data.length);
  }

  // Up to six bytes, which a double holds exactly.
  number(count) {
    return this.take(count).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  version(what) {
    const found = this.number(1);
    if (found !== VERSION) throw new HandoverError(Fault.VERSION, what + " of version " + VERSION, found);
  }

  word(shape, what) {
    const word = String.fromCharCode.apply(null, this.take(this.number(1)));
    if (!shape.test(word)) throw new HandoverError(Fault.WORD, what, word);
    return word;
  }

  varint(most) {
    let number = 0;
    let shift = 0;
    for (;;) {
      const byte = this.number(1);
      number += (byte & 127) * Math.pow(2, shift);
      shift += 7;
      if (byte === 0 && shift > 7) throw new HandoverError(Fault.NUMBER, "the shortest way", "a longer one");
      if (number > most) throw new HandoverError(Fault.NUMBER, "at most " + most, number);
      if (byte < 128) return number;
      if (shift > 21) throw new HandoverError(Fault.NUMBER, "a number of at most three bytes", "more");
    }
  }

  certificate() {
    const start = this.at;
    this.version("a certificate");
    const key = hex(this.take(8));
    const station = this.number(6);
    if (station > 9999999999999) throw new HandoverError(Fault.STATION, "a station of 13 digits", station);
    const role = this.word(ROLE, "a role such as kpps");
    const issued = this.number(4);
    const expires = this.number(4);
    if (expires < issued) {
      throw new HandoverError(Fault.TIME, "a certificate that ends after it begins", issued + " to " + expires);
    }
    const publicKey = this.take(POINT);
    const message = joined(CERTIFICATE_DOMAIN, this.data.subarray(start, this.at));
    const signature = this.take(POINT);
    const code = String(station).padStart(13, "0");
    return { key, station: code, role, issued, expires, publicKey, signature, message };
  }
}
