// Typing at the review desk by keyboard: the page works without this file, by Tab and the button.
// What is typed stays in this tab until it was sent; the server keeps none of it before, and nothing here
// judges figures: whoever types is told nothing of how they fit together.

const KEPT = "sirekap-desk:";
const SENT = "sirekap-desk-sent";
const NEARLY = 120; // seconds

/** sessionStorage, or nothing where the browser refuses it. */
function kept(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

/** Forget what was sent, and what others typed in this tab. */
function tidy(login) {
  kept((store) => {
    if (document.getElementById("done")) store.removeItem(store.getItem(SENT) ?? "");
    for (const key of Object.keys(store)) {
      if (login && key.startsWith(KEPT) && !key.startsWith(`${KEPT}${login}|`)) store.removeItem(key);
    }
  });
}

function typing(form) {
  const key = KEPT + form.dataset.keep;
  const inputs = [...form.querySelectorAll("input[data-figure]")];
  const pages = [...form.querySelectorAll("section[data-page]")];
  const hint = document.getElementById("hint");
  const reason = form.querySelector("input[name=reason]");
  const main = inputs.filter((input) => !input.closest("details"));
  let armed = null; // the empty field at which Enter was pressed once

  const say = (text) => { hint.textContent = text; };
  const save = (at) => kept((store) => {
    const values = Object.fromEntries(inputs.map((input) => [input.name, input.value]));
    store.setItem(key, JSON.stringify({ values, at, reason: reason?.value ?? "" }));
  });

  function show(page) {
    if (pages.length < 2) return;
    for (const one of pages) one.hidden = one !== page;
    for (const part of form.querySelectorAll("[data-last]")) part.hidden = page !== pages.at(-1);
  }

  function go(input) {
    const page = input.closest("section[data-page]");
    if (page?.hidden) show(page);
    input.focus({ preventScroll: true });
    input.closest(".figure").scrollIntoView({ block: "center", behavior: "instant" });
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

  function put(input, text) {
    input.value = text;
    save(input.name);
  }

  for (const input of inputs) {
    input.addEventListener("focus", () => {
      armed = null;
      say("");
      input.select();
      save(input.name);
    });
    input.addEventListener("input", () => {
      input.value = input.value.replace(/[^0-9?\-–]/g, "").slice(0, input.maxLength);
      save(input.name);
      const whole = input.value.length >= input.maxLength || /^[-–?]$/.test(input.value);
      if (whole && input !== main.at(-1)) onward(input);
      else if (whole && reason && main.includes(input)) reason.focus();
    });
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        enter(input);
      } else if (step) {
        event.preventDefault();
        const list = main.includes(input) ? main : inputs;
        const other = list[list.indexOf(input) + step];
        if (other) go(other);
      }
    });
    // For phones whose keypad has digits only. The keys - and ? do the same, so they are no stops of Tab.
    const marks = document.createElement("span");
    marks.className = "marks";
    for (const [text, label] of [["-", form.dataset.blank], ["?", form.dataset.unreadable]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1;
      button.textContent = label;
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", () => {
        put(input, text);
        onward(input);
      });
      marks.append(button);
    }
    input.closest(".figure").append(marks);
  }
  reason?.addEventListener("input", () => save(reason.name));

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
  form.addEventListener("submit", () => kept((store) => store.setItem(SENT, key)));

  const before = JSON.parse(kept((store) => store.getItem(key)) ?? "null");
  if (before) {
    for (const input of inputs) if (!input.value) input.value = before.values[input.name] ?? "";
    if (reason && !reason.value) reason.value = before.reason;
  }
  const faulty = form.querySelector("[aria-invalid]");
  const place = faulty ?? (before && form.elements[before.at]) ?? main[0];
  show(place?.closest("section[data-page]") ?? pages[0]);
  if (place?.dataset.figure) go(place);
}

/** The time left, for eyes alone; a screen reader hears of it once, when it is nearly over. */
function clock(shown) {
  const end = performance.now() + Number(shown.dataset.seconds) * 1000;
  const left = shown.querySelector(".left");
  const tick = () => {
    const seconds = Math.max(0, (end - performance.now()) / 1000);
    left.textContent = `(${shown.dataset.left.replace("#", Math.ceil(seconds / 60))})`;
    const told = document.getElementById("nearly");
    if (seconds < NEARLY && !told.textContent) told.textContent = shown.dataset.nearly;
  };
  tick();
  setInterval(tick, 15_000);
}

const form = document.getElementById("entry");
const shown = document.getElementById("until");
tidy(form?.dataset.keep.split("|")[0]);
if (shown) clock(shown);
if (form) typing(form);
