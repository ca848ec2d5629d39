// What is typed at the review desk stays in this tab until it was sent; the server has none of it before.

const KEPT = "sirekap-desk:";
const SENT = "sirekap-desk-sent";
const TAKEN = ["kept", "agreed", "differs", "decided"];

/** sessionStorage, or nothing where the browser refuses it. */
function stored(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

/** Forget what was sent and taken, and what others typed in this tab. */
export function tidy(login) {
  stored((store) => {
    if (TAKEN.includes(document.getElementById("done")?.dataset.done)) {
      store.removeItem(store.getItem(SENT) ?? "");
      store.removeItem(SENT);
    }
    for (const key of Object.keys(store)) {
      if (login && key.startsWith(KEPT) && !key.startsWith(`${KEPT}${login}|`)) store.removeItem(key);
    }
  });
}

/** The memory of one form. `fields` are its figures, `reason` the field of words or null. */
export function memory(form, fields, reason) {
  const key = KEPT + form.dataset.keep;
  const version = form.dataset.version;
  return {
    /** Keep everything, and the name of the field where one is. */
    save: (at) => stored((store) => {
      const values = Object.fromEntries(fields.map((field) => [field.name, field.value]));
      store.setItem(key, JSON.stringify({ values, at, version, reason: reason?.value ?? "" }));
    }),
    /** Fill in what was typed before; the field where one was, or null. Of a sheet that has a new photograph
     * since, typed figures are filled in too, and told; a decision between two entries is not. */
    fill() {
      const before = JSON.parse(stored((store) => store.getItem(key)) ?? "null");
      if (!before) return null;
      const told = document.getElementById("before");
      if (before.version !== version && !told) return null;
      for (const field of fields) if (!field.value) field.value = before.values[field.name] ?? "";
      if (reason && !reason.value) reason.value = before.reason;
      if (told) told.hidden = before.version === version || !Object.values(before.values).some(Boolean);
      return form.elements[before.at] ?? null;
    },
    /** The form is on its way. */
    sent: () => stored((store) => store.setItem(SENT, key)),
  };
}
