// Where one is in a long sheet: the line above the figures, the list of its parts (pages, the columns of parties),
// and the way from part to part. Without this file the list is made of links within the page.

/** The parts of a form; null where it has one page alone. `go` puts the focus on a field. */
export function placing(form, go) {
  const where = form.querySelector("details.where");
  if (!where) return null;
  const line = where.querySelector("summary");
  const pages = [...form.querySelectorAll("section[data-page]")];
  const all = form.querySelectorAll("input[data-figure]").length;
  const parts = [...where.querySelectorAll("a[data-part]")].map((link) => ({
    link,
    of: link.querySelector(".of"),
    name: link.querySelector(".name").textContent,
    inputs: [...form.querySelectorAll(`ol[data-figures-of="${link.dataset.part}"] input[data-figure]`)],
  }));
  for (const part of parts) {
    part.link.addEventListener("click", (event) => {
      event.preventDefault();
      where.open = false;
      go(part.inputs.find((input) => !input.value.trim()) ?? part.inputs[0]);
    });
  }

  /** Show how far each part is, and where a field stands. */
  function tell(input) {
    let typed = 0;
    for (const part of parts) {
      const done = part.inputs.filter((one) => one.value.trim()).length;
      typed += done;
      part.of.textContent = `${done}/${part.inputs.length}`;
      part.link.classList.toggle("whole", done === part.inputs.length);
      if (part.inputs.includes(input)) part.link.setAttribute("aria-current", "true");
      else part.link.removeAttribute("aria-current");
    }
    const here = parts.find((part) => part.inputs.includes(input)) ?? parts[0];
    const page = pages.indexOf(here.inputs[0].closest("section")) + 1;
    const words = [here.name, `${page}/${pages.length}`, typed, all];
    const text = here.link.classList.contains("page") ? where.dataset.page : where.dataset.at;
    line.textContent = text.replace(/#(\d)/g, (_, number) => words[number - 1]);
  }

  /** The first field of the next part (1) or of the one before (-1); null at the ends. */
  function beside(input, step) {
    const place = parts.findIndex((part) => part.inputs.includes(input));
    return parts[place + step]?.inputs[0] ?? null;
  }

  return { tell, beside };
}
