// Files on their way to the server, as they are: attachments of objections, and papers that were signed elsewhere.
// The pages work without this file but for these two.

const token = (form) => form.querySelector("input[name=csrfmiddlewaretoken]").value;

/** Send a file; the answer, or an Error with the server's words. */
async function put(address, form, file) {
  const headers = { "Content-Type": "application/octet-stream", "X-CSRFToken": token(form) };
  const answer = await fetch(address, { method: "PUT", headers, body: file, credentials: "same-origin" });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error([told.message ?? String(answer.status), ...(told.details ?? [])].join(" "));
  return told;
}

function attachments(form) {
  const input = form.querySelector("input[type=file]");
  const status = form.querySelector("[data-status]");
  const button = form.querySelector("button");
  input.disabled = false;
  input.addEventListener("change", async () => {
    button.disabled = true;
    const said = [];
    for (const file of input.files) {
      status.textContent = [...said, form.dataset.sending.replace("#", file.name)].join(" ");
      try {
        const told = await put(`${form.dataset.files}?name=${encodeURIComponent(file.name)}`, form, file);
        const kept = document.createElement("input");
        Object.assign(kept, { type: "hidden", name: "attachment", value: told.sha256 });
        form.append(kept);
        said.push(form.dataset.sent.replace("#", file.name));
      } catch (error) {
        said.push(form.dataset.failed.replace("##", error.message).replace("#", file.name));
      }
    }
    input.value = "";
    status.textContent = said.join(" ");
    button.disabled = false;
  });
}

function paper(form) {
  const input = form.querySelector("input[type=file]");
  const status = form.querySelector("[data-status]");
  const button = form.querySelector("button");
  input.disabled = button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = input.files[0];
    button.disabled = true;
    status.textContent = form.dataset.sending.replace("#", file.name);
    try {
      const told = await put(form.dataset.paper, form, file);
      status.textContent = form.dataset.sent.replace("#", told.signer);
      input.value = "";
    } catch (error) {
      status.textContent = form.dataset.failed.replace("##", error.message).replace("#", file.name);
    }
    button.disabled = false;
  });
}

for (const form of document.querySelectorAll("form[data-files]")) attachments(form);
for (const form of document.querySelectorAll("form[data-paper]")) paper(form);
