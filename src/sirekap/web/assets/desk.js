// Typing at the review desk by keyboard: the page works without this file, by Tab and the button. Nothing here
// judges figures: whoever types is told nothing of how they fit together.

import { memory, tidy } from "./desk_kept.js";
import { placing } from "./desk_place.js";
import { clock } from "./desk_time.js";

/** Make a form of figures one that is typed through; gives the moment of the last key (null before any). */
function typing(form) {
  const inputs = [...form.querySelectorAll("input[data-figure]")];
  const pages = [...form.querySelectorAll("section[data-page]")];
  const hint = document.getElementById("hint");
  const reason = form.querySelector("input[name=reason]");
  const main = inputs.filter((input) => !input.closest("details"));
  const kept = memory(form, inputs, reason);
  const place = placing(form, go);
  let last = null;
  let passing = false; // Tab left an empty field: on the way to a button, the place stays where it was
  let armed = null; // the empty field at which Enter was pressed once

  const say = (text) => { hint.textContent = text; };

  function show(page) {
    if (pages.length < 2) return;
    for (const one of pages) one.hidden = one !== page;
    for (const part of form.querySelectorAll("[data-last]")) part.hidden = page !== pages.at(-1);
  }

  function go(input) {
    const page = input.closest("section[data-page]");
    const turned = page?.hidden;
    if (turned) show(page);
    input.focus({ preventScroll: true });
    input.closest(".figure").scrollIntoView({ block: "center", behavior: "instant" });
    if (turned) say(page.querySelector("h2").textContent);
  }

  function onward(from) {
    const list = main.includes(from) ? main : inputs;
    const next = list[list.indexOf(from) + 1];
    if (next) go(next);
    else if (reason) reason.focus();
    return Boolean(next);
  }

  function send() {
    const empty = main.filter((input) => !input.value.trim());
    if (empty.length && !form.elements.blank?.checked) {
      go(empty[0]);
      say(form.dataset.fill.replace("#", empty.length));
      return;
    }
    form.requestSubmit(form.querySelector("button[value=enter]"));
  }

  function enter(input) {
    if (!input.value.trim()) {
      if (armed !== input) {
        armed = input;
        say(form.dataset.twice);
        return;
      }
      put(input, "-");
    }
    if (!onward(input) && !reason) send();
  }

  /** A field has this text now. */
  function put(input, text) {
    input.value = text;
    last = performance.now();
    kept.save(input.name);
    place?.tell(input);
  }

  function typed(input) {
    put(input, input.value.replace(/[^0-9?\-–]/g, "").slice(0, input.maxLength));
    const whole = input.value.length >= input.maxLength || /^[-–?]$/.test(input.value);
    if (whole && input !== main.at(-1)) onward(input);
    else if (whole && reason && main.includes(input)) reason.focus();
  }

  /** Where an arrow or a page key leads from a field; undefined for another key, null at an end. */
  function beside(input, key) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const part = { PageDown: 1, PageUp: -1 }[key];
    const list = main.includes(input) ? main : inputs;
    if (step) return list[list.indexOf(input) + step] ?? null;
    return part && place ? place.beside(input, part) : undefined;
  }

  for (const input of inputs) {
    input.addEventListener("focus", () => {
      armed = null;
      say("");
      input.select();
      if (!passing) kept.save(input.name);
      passing = false;
      place?.tell(input);
    });
    input.addEventListener("input", () => typed(input));
    input.addEventListener("keydown", (event) => {
      passing = event.key === "Tab" && !input.value.trim();
      const enters = event.key === "Enter" && !event.isComposing;
      const other = enters ? undefined : beside(input, event.key);
      if (enters || other !== undefined) event.preventDefault();
      if (enters) enter(input);
      else if (other) go(other);
    });
    input.closest(".figure").append(marks(form, (text) => {
      put(input, text);
      onward(input);
    }));
  }
  reason?.addEventListener("input", () => kept.save(reason.name));

  // The address of a fault leads to a field that may stand on a page that is not shown.
  document.querySelector("#told a[href^='#f_']")?.addEventListener("click", (event) => {
    event.preventDefault();
    go(document.getElementById(event.target.hash.slice(1)));
  });
  for (const button of form.querySelectorAll("button[data-turn]")) {
    button.parentElement.hidden = false;
    button.addEventListener("click", () => {
      const page = pages[pages.indexOf(button.closest("section")) + Number(button.dataset.turn)];
      show(page);
      go(page.querySelector("input[data-figure]"));
    });
  }
  form.addEventListener("submit", kept.sent);

  const before = kept.fill();
  const start = form.querySelector("[aria-invalid]") ?? before ?? main[0];
  show(start?.closest("section[data-page]") ?? pages[0]);
  if (start?.dataset.figure) {
    go(start);
    place?.tell(start); // it may have had the focus already
  }
  return () => last;
}

/** Buttons for phones whose keypad has digits only. The keys - and ? do the same, so they are no stops of Tab. */
function marks(form, put) {
  const all = document.createElement("span");
  all.className = "marks";
  for (const [text, label] of [["-", form.dataset.blank], ["?", form.dataset.unreadable]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1;
    button.textContent = label;
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => put(text));
    all.append(button);
  }
  return all;
}

const form = document.getElementById("entry");
const shown = document.getElementById("until");
tidy(form?.dataset.keep.split("|")[0]);
const lastKey = form ? typing(form) : () => null;
if (shown) clock(shown, form, lastKey);
