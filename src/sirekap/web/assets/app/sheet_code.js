// The QR code of a form's page: which station, form and page a sheet is of, and where in the app that is.
import { Answer } from './queue.js';
import { formsOf, stationOf } from './state.js';
import { codesIn } from './scan.js';

const QR = /^SIREKAP:1:([0-9]{13}):([A-Z0-9./+-]{1,40}):([1-9][0-9]?)$/;

/** {station, form, page} of a code's text; null where it is none of ours. A code is a hint that anyone can print. */
export function sheetCode(text) {
  const found = QR.exec(text.trim());
  return found ? { station: found[1], form: found[2], page: Number(found[3]) } : null;
}

/** What the codes in a picture say; null where there is none, or where the browser reads no codes. */
export async function codeOf(picture) {
  for (const text of await codesIn(picture)) {
    const code = sheetCode(text);
    if (code) return code;
  }
  return null;
}

/** Where a page of a form is photographed at a station: {station, contest, form, index, page}; null where nowhere. */
export function targetAt(station, formId, number) {
  for (const contest of station ? station.contests : []) {
    const index = formsOf(station, contest).findIndex((form) => form.id === formId);
    if (index < 0) continue;
    const form = formsOf(station, contest)[index], page = form.pages.find((item) => item.number === number);
    if (page) return { station, contest, form, index, page };
  }
  return null;
}

/** The station that a code names, where this account sends for it: {station, refused, message}. */
export async function stationOfCode(code) {
  try {
    return { station: await stationOf(code.station), refused: false, message: '' };
  } catch (error) {
    const answer = error instanceof Answer && !error.locked && error.final;
    return { station: null, refused: answer, message: answer ? error.message : '' };
  }
}

/** The address of the screen that photographs a target. */
export const addressOf = ({ station, contest, page, index }) => `#/tps/${station.code}/${contest.code}/foto/${page.number}${index ? '/' + index : ''}`;
