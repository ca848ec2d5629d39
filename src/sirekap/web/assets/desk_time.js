// The time that is left for a sheet. Whoever is typing when it is nearly over is given more by itself: a long
// sheet takes longer than a claim. Whoever left is not.

const NEARLY = 120; // seconds

/** Show the time that is left, for eyes alone; a screen reader hears of it once, when it is nearly over.
 *
 * `typed` gives the moment (performance.now) of the last key, or null where no sheet is typed here.
 */
export function clock(shown, form, typed) {
  const left = shown.querySelector(".left");
  const told = document.getElementById("nearly");
  let end = endOf(shown);
  let asking = false;
  let refused = false;

  const tick = async () => {
    const seconds = Math.max(0, (end - performance.now()) / 1000);
    left.textContent = `(${shown.dataset.left.replace("#", Math.ceil(seconds / 60))})`;
    if (seconds >= NEARLY) return;
    const last = typed();
    if (last !== null && performance.now() - last < NEARLY * 1000 && !asking && !refused) {
      asking = true;
      const answer = await longer(form);
      asking = false;
      if (answer?.until) {
        end = endOf(answer.until);
        shown.querySelector(".at").textContent = answer.until.querySelector(".at").textContent;
        told.textContent = "";
        tick();
        return;
      }
      refused = answer !== null; // somebody else has it, or it moved on: what is typed waits for the button
      if (refused) told.textContent = answer.words;
    }
    if (!told.textContent) told.textContent = shown.dataset.nearly;
  };
  tick();
  setInterval(tick, 15_000);
}

function endOf(shown) {
  return performance.now() + Number(shown.dataset.seconds) * 1000;
}

/** Ask for more time as the button does, without leaving the page; null where nothing was heard. */
async function longer(form) {
  const body = new URLSearchParams({ act: "longer" });
  for (const name of ["csrfmiddlewaretoken", "claim", "contest", "station"]) {
    body.set(name, form.elements[name].value);
  }
  try {
    const answer = await fetch(location.pathname, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const claim = page.querySelector("#entry input[name=claim]")?.value;
    if (!answer.ok || !claim) return { words: page.getElementById("told")?.textContent.trim() ?? "" };
    for (const input of document.querySelectorAll("input[name=claim]")) input.value = claim;
    return { until: page.getElementById("until") };
  } catch {
    return null;
  }
}
