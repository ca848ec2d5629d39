// Every word of the screens, Indonesian first. `t(key, values)` puts values in the place of {names}.
import { CODES, WORDS } from './words_table.js';

let language = 'id';

export function setLanguage(code) {
  language = code === 'en' ? 'en' : 'id';
  document.documentElement.lang = language;
}

export const currentLanguage = () => language;

/** A wording; the key itself where there is none, so that a gap is seen and never breaks a screen. */
export function t(key, values) {
  const pair = WORDS[key];
  const text = pair ? pair[language === 'en' ? 1 : 0] : key;
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}

/** A label of the server's: {id, en}, or one text for both languages. */
export const own = (label) => (typeof label === 'string' ? label : (label && (label[language] || label.id)) || '');

/** A remark on a picture in words: what is wrong, where, and what to do. `title(form, page)` names a page. */
export function remarkWords(remark, title) {
  const where = (remark.where || []).map((place) => t('at-' + place)).join(', ');
  const key = 'remark-' + remark.code + (where && WORDS['remark-' + remark.code + '-at'] ? '-at' : '');
  return t(key, { where, page: remark.page, title: remark.form ? title(remark.form, remark.page) : '', station: remark.station });
}

/** What a contest is called where the server's words are not at hand. */
export const contestName = (code) => (CODES[code] ? CODES[code][language === 'en' ? 1 : 0] : code);

export const timeWords = (ms) => new Date(ms).toLocaleString(language === 'en' ? 'en-GB' : 'id-ID', {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit',
});

export function sizeWords(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1048576).toFixed(1).replace('.', language === 'en' ? '.' : ',')} MB`;
}
