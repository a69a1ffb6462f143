// Runs once for the line below the question box: its panels, the filters, and the conversations kept in this browser.
// A query is the query part of a link: the question and its limits, as qa.inquiry reads and writes it.
const limits = ["since", "until", "now", "sort"];
const field = name => element.querySelector(`[name=${name}]`);
const tabs = () => [...element.querySelectorAll("[data-panel]")];
const openTurn = () => document.querySelector(".turn:not(.folded)");
let open = "", chosen = "", waiting, polling, asked = 0, session, local;
try { session = sessionStorage; local = localStorage; } catch { /* this browser keeps nothing */ }
let conversation = session?.getItem("dateline");

const token = () => element.querySelector("[data-field=token]").value;

// What the archive panel asks of Python: to look at the archive, to build, to cancel, to add articles.
const archive = async wanted => {
  const panel = element.querySelector("#panel-archive");
  panel.ariaBusy = true;
  const { report, state, done } = await server.archive({ ...wanted, token: token() }).finally(() => { panel.ariaBusy = false; });
  if (report) panel.querySelector(".report").innerHTML = report;
  panel.querySelector(".state").innerHTML = state;
  if (done && wanted.does === "add") for (const input of panel.querySelectorAll("[data-field]:not([data-field=token])")) input.value = "";
  clearTimeout(polling);
  const running = panel.querySelector("[data-running]");
  if (running && open === "archive") polling = setTimeout(() => archive({ does: "follow" }), 700);
  else if (done && wanted.does !== "look") archive({ does: "look" });
};
const fields = () => Object.fromEntries([...element.querySelectorAll("[data-field]")].map(input => [input.dataset.field, input.value]));
const send = async list => archive({ does: "drop", files: await Promise.all([...list].map(async file => ({
  name: file.name,
  content: await new Promise(done => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.readAsDataURL(file);
  }),
}))) });

const unfold = name => {
  if (name === "archive" && open !== name) archive({ does: "look" });
  open = name;
  for (const tab of tabs()) {
    tab.setAttribute("aria-expanded", tab.dataset.panel === open);
    element.querySelector(`#panel-${tab.dataset.panel}`).hidden = tab.dataset.panel !== open;
  }
};

const read = () => {
  const query = new URLSearchParams();
  for (const name of limits) if (field(name).value >= "1000") query.set(name, field(name).value); // no half-typed year
  for (const box of element.querySelectorAll("[name=source]:checked")) query.append("source", box.value);
  return query.toString();
};
const write = words => {
  const query = new URLSearchParams(words);
  for (const name of limits) field(name).value = query.get(name) || "";
  for (const box of element.querySelectorAll("[name=source]")) box.checked = query.getAll("source").includes(box.value);
  chosen = read();
  const count = [...new URLSearchParams(chosen)].length;
  tabs()[0].textContent = count ? `Filter (${count})` : "Filter";
};
const refine = () => {
  if (read() === chosen) return;
  write(read());
  const turn = openTurn();
  if (!turn) return;
  const query = new URLSearchParams(turn.dataset.query);
  for (const name of [...limits, "source"]) query.delete(name);
  for (const [name, value] of new URLSearchParams(chosen)) query.append(name, value);
  trigger("refine", { turn: turn.dataset.number, query: query.toString() });
};

const kept = () => JSON.parse(local?.getItem("dateline") || "[]");
const store = list => {
  try { local?.setItem("dateline", JSON.stringify(list.slice(0, 50))); } catch { /* no room */ }
  const rows = list.map(({ id, queries }) => {
    const row = document.createElement("li");
    for (const [name, words, label] of [
      ["open", new URLSearchParams(queries[0]).get("q") + (queries.length > 1 ? ` (${queries.length})` : "")],
      ["forget", "Delete", "Delete this conversation"],
    ]) {
      const control = row.appendChild(document.createElement("button"));
      Object.assign(control, { type: "button", textContent: words, dir: "auto" });
      Object.assign(control.dataset, { kept: id, does: name });
      if (label) control.setAttribute("aria-label", label);
    }
    return row;
  });
  const list_ = element.querySelector(".kept");
  list_.replaceChildren(...rows);
  if (!rows.length) list_.textContent = "Your conversations will be listed here. They are kept in this browser alone.";
};
const current = id => {
  conversation = id;
  if (id) session?.setItem("dateline", id);
  else session?.removeItem("dateline");
};

window.dateline = {
  limits: read,
  token,
  unfold: name => unfold(name),
  // Called with each new state of the conversation, oldest question first.
  keep: queries => {
    if (queries.length !== asked) unfold(""); // the answer is what counts now
    asked = queries.length;
    if (!asked) return current(null);
    if (!conversation) current(`${Date.now()}`);
    store([{ id: conversation, queries }, ...kept().filter(({ id }) => id !== conversation)]);
    write(openTurn().dataset.query);
  },
};

element.addEventListener("click", event => {
  const control = event.target.closest("button");
  if (!control) return;
  const { panel, kept: id, does } = control.dataset;
  if (control.dataset.archive) archive({ ...fields(), does: control.dataset.archive });
  else if (panel) unfold(panel === open ? "" : panel);
  else if ("clear" in control.dataset) {
    for (const input of element.querySelectorAll("[name]")) input.type === "checkbox" ? input.checked = false : input.value = "";
    refine();
  } else if (does === "forget") store(kept().filter(one => one.id !== id));
  else if (does === "open") {
    current(id);
    unfold("");
    trigger("open", { queries: kept().find(one => one.id === id).queries });
  }
});
element.addEventListener("input", event => {
  if (!("find" in event.target.dataset)) return;
  const wanted = event.target.value.trim().toLowerCase();
  for (const label of element.querySelectorAll(".choice label")) {
    label.hidden = !label.querySelector(":checked") && !label.textContent.toLowerCase().includes(wanted);
  }
});
for (const kind of ["dragover", "drop"]) element.addEventListener(kind, event => {
  if (!event.target.closest("#panel-archive") || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  if (kind === "drop") send(event.dataTransfer.files);
});
element.addEventListener("change", event => {
  if (event.target.type === "file") send(event.target.files);
  if (!event.target.name) return;
  clearTimeout(waiting);
  waiting = setTimeout(refine, event.target.type === "date" ? 400 : 0); // a year is typed digit by digit
});
element.addEventListener("keydown", event => {
  if (event.key !== "Escape" || !open) return;
  event.stopPropagation();
  tabs().find(tab => tab.dataset.panel === open).focus();
  unfold("");
});
watch("value", () => { unfold(open); write(chosen); store(kept()); });

store(kept());
const last = kept().find(({ id }) => id === conversation);
if (new URLSearchParams(location.search).get("q")) {
  current(null);
  trigger("open", { queries: [location.search] });
} else if (last) trigger("open", { queries: last.queries });
