// Runs once for the line below the question box: its panels, the filters, and the conversation that is shown.
// A query is the query part of a link: the question and its limits, as qa.web.inquiry reads and writes it.
const limits = ["since", "until", "now", "sort"];
const field = name => element.querySelector(`[name=${name}]`);
const tabs = () => [...element.querySelectorAll("[data-panel]")];
const openTurn = () => document.querySelector(".turn:not(.folded)");
let open = "", chosen = "", waiting, polling, asked = "", queries = [], adding = false, building = false, session;
try { session = sessionStorage; } catch { /* this browser keeps nothing */ }
let conversation = session?.getItem("dateline");

const panel = element.querySelector("#panel-archive");
const fields = () => Object.fromEntries([...panel.querySelectorAll("[data-field]")].map(input => [input.dataset.field, input.value]));

const unreachable = { error: "Dateline cannot be reached. Check that it is still running, then try again." };
const said = words => {
  const line = document.createElement("p");
  Object.assign(line, { className: "trouble", role: "alert", textContent: words });
  return line.outerHTML;
};
let shown = {};
// What is the same stays, with what is focused, selected or unfolded in it.
const show = (part, html) => {
  if (shown[part] === html) return;
  panel.querySelector(part).innerHTML = shown[part] = html;
};
// What it asks of Python: to look at the archive, to build, to cancel, to add articles.
const archive = async wanted => {
  panel.ariaBusy = true;
  const { report, state, told, done, error } = await server.archive(wanted).catch(() => unreachable).finally(() => { panel.ariaBusy = false; });
  if (error) return show(".state", said(error));
  if (report) show(".report", report);
  show(".state", state);
  if (wanted.does !== "look" && wanted.does !== "peek") show(".told", told); // it stays until the next wish
  if (done && wanted.does === "add") for (const input of panel.querySelectorAll("[data-field]")) input.value = "";
  clearTimeout(polling);
  const running = panel.querySelector("[data-running]");
  if (building && !running) trigger("renew"); // the masthead tells of the new index at once
  building = Boolean(running);
  if (running && open === "archive") polling = setTimeout(() => archive({ does: "peek" }), 700);
  else if (done && wanted.does !== "look") archive({ does: "look" });
};
// Exchanges the admin token for a cookie that lets this browser write.
const unlock = async () => {
  const token = panel.querySelector("[data-token]");
  const reply = await fetch(`${location.pathname.replace(/\/$/, "")}/unlock`, { method: "POST", body: JSON.stringify({ token: token.value }) });
  token.value = "";
  if (reply.ok) { trigger("renew"); archive({ does: "look" }); }
  else panel.querySelector(".unlocking").textContent = (await reply.json()).error;
};
const check = async () => {
  const panel = element.querySelector("#panel-quote");
  panel.ariaBusy = true;
  const { html, error } = await server.quoted({ text: panel.querySelector("[data-quotation]").value }).catch(() => unreachable).finally(() => { panel.ariaBusy = false; });
  panel.querySelector(".checked").innerHTML = error ? said(error) : html;
};
const encoded = file => new Promise(done => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.readAsDataURL(file);
});
const send = async list => archive({ does: "drop", files: await Promise.all([...list].map(async file => ({ name: file.name, content: await encoded(file) }))) });
// A CSV of quotations or questions comes back completed, as a file.
const complete = async ([file]) => {
  const panel = element.querySelector("#panel-quote"), checked = panel.querySelector(".checked");
  if (file.size > 40_000) return checked.innerHTML = said("The file is too large here; use python -m qa --quotes or --batch.");
  panel.ariaBusy = true;
  const { error, ...made } = await server.batched({ content: await encoded(file) }).catch(() => unreachable).finally(() => { panel.ariaBusy = false; });
  if (error) return checked.innerHTML = said(error);
  checked.textContent = `Saved as ${made.name}.`;
  window.dateline.save(made);
};

// The saved questions, after one was saved or deleted or as they are; the tab tells how many answers are new.
const watched = async wanted => {
  const panel = element.querySelector("#panel-saved");
  panel.ariaBusy = true;
  const { html, fresh, error } = await server.watched(wanted).catch(() => unreachable).finally(() => { panel.ariaBusy = false; });
  panel.innerHTML = error ? said(error) : html;
  if (!error) element.querySelector("[data-panel=saved]").textContent = fresh ? `Saved questions: ${fresh} new` : "Saved questions";
};
const watchedAnew = () => { if (element.querySelector("[data-saved]") || open === "saved") watched({ does: "look" }); };

const unfold = name => {
  if (name === "saved" && open !== name) watched({ does: "look" });
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
  const { since, until, now, sort } = Object.fromEntries(new URLSearchParams(chosen));
  const sources = query.getAll("source");
  const named = [since && `from ${since}`, until && `to ${until}`, now && `as of ${now}`, sort && `${sort} first`, ...sources.slice(0, 2), sources.length > 2 && `${sources.length - 2} more`];
  tabs()[0].textContent = ["Filter", named.filter(Boolean).join(", ")].filter(Boolean).join(": ");
  for (const outlet of document.querySelectorAll("[data-outlet]")) outlet.ariaPressed = sources.includes(outlet.dataset.outlet);
};
const refine = always => {
  if (read() === chosen && !always) return;
  write(read());
  if (document.querySelector(".browse")) return trigger("browse", window.dateline.sent());
  const turn = openTurn();
  if (!turn) return;
  const query = new URLSearchParams(turn.dataset.query);
  for (const name of [...limits, "source"]) query.delete(name);
  for (const [name, value] of new URLSearchParams(chosen)) query.append(name, value);
  trigger("refine", { turn: turn.dataset.number, query: query.toString(), ...window.dateline.sent() });
};

const current = id => {
  conversation = id;
  if (id) session?.setItem("dateline", id);
  else session?.removeItem("dateline");
};

// Each open answer is an entry of the browser's history: back and forward go through the questions of a conversation.
let going = false; // a step in the history, or the answer that a page begins with, is no new entry
const visit = () => {
  const turn = openTurn();
  const address = turn ? `?${turn.dataset.query}` : location.pathname;
  const state = { queries, turn: turn ? Number(turn.dataset.number) : 0, conversation };
  const same = address === (location.search || location.pathname);
  history[going || same ? "replaceState" : "pushState"](state, "", address);
  document.title = turn ? `${turn.dataset.question} – Dateline` : "Dateline";
  going = false;
};
addEventListener("popstate", ({ state }) => {
  going = true;
  current(state?.conversation || null);
  if (state?.queries?.length) trigger("show", { queries: state.queries, turn: state.turn });
  else trigger("restart", {});
});

window.dateline = {
  ...window.dateline,
  unfold,
  talk: () => conversation,
  // A kept conversation is the one that is shown now.
  resume: (id, queries) => {
    current(id);
    unfold("");
    return { queries };
  },
  // Takes an outlet into the filter, or out of it.
  only: name => {
    const box = [...element.querySelectorAll("[name=source]")].find(({ value }) => value === name);
    box.checked = !box.checked;
    refine();
  },
  clear: () => write(""),
  watch: query => {
    open = "saved"; // what is there is not looked at first
    unfold("saved");
    watched({ does: "save", query });
  },
  save: ({ name, kind, content }) => {
    const href = URL.createObjectURL(new Blob([content], { type: kind }));
    Object.assign(document.createElement("a"), { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  },
  // What goes along with all that Python is asked: the limits, and the conversation as it is shown.
  sent: question => {
    asked = question;
    return { limits: read(), queries };
  },
  // Called with each new state of the conversation, oldest question first. The address leads to the open answer.
  keep: shown => {
    const box = document.querySelector("#question input");
    if (asked && box.value === asked) { // what was typed meanwhile stays
      box.value = "";
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    asked = "";
    if (shown.length !== queries.length) unfold(""); // the answer is what counts now
    queries = shown;
    const step = going;
    visit();
    if (!queries.length) return current(null);
    if (!conversation) current(`${Date.now()}`);
    history.replaceState({ ...history.state, conversation }, "");
    window.dateline.remember(conversation, queries, !step);
    write(openTurn().dataset.query);
  },
};

element.addEventListener("click", event => {
  const control = event.target.closest("button");
  if (!control) return;
  const { panel, unwatch } = control.dataset;
  if (unwatch) watched({ does: "delete", name: unwatch });
  else if ("sheet" in control.dataset) window.dateline.sheet(true);
  else if ("check" in control.dataset) check();
  else if ("unlock" in control.dataset) unlock();
  else if (control.dataset.archive) archive({ ...fields(), does: control.dataset.archive });
  else if (panel) unfold(panel === open ? "" : panel);
  else if ("clear" in control.dataset) {
    write("");
    refine(true);
  } else if (control.dataset.send) trigger(control.dataset.send, { ...control.dataset, ...window.dateline.sent() });
});
element.addEventListener("input", event => {
  if (!("find" in event.target.dataset)) return;
  const wanted = event.target.value.trim().toLowerCase();
  for (const label of element.querySelectorAll(".choice label")) {
    label.hidden = !label.querySelector(":checked") && !label.textContent.toLowerCase().includes(wanted);
  }
});
for (const kind of ["dragover", "drop"]) element.addEventListener(kind, event => {
  const panel = event.target.closest("#panel-archive, #panel-quote");
  if (!panel || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  if (kind === "drop") (panel.id === "panel-quote" ? complete : send)(event.dataTransfer.files);
});
element.addEventListener("change", event => {
  if (event.target.type === "file") ("batch" in event.target.dataset ? complete : send)(event.target.files);
  if (!event.target.name) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => refine(), event.target.type === "date" ? 400 : 0); // a year is typed digit by digit
});
element.addEventListener("keydown", event => {
  if (event.key !== "Escape" || !open) return;
  event.stopPropagation();
  tabs().find(tab => tab.dataset.panel === open).focus();
  unfold("");
});
element.addEventListener("toggle", event => { if (event.target.matches(".adding")) adding = event.target.open; }, true);
// For a new index Gradio makes this part anew: elements and what is typed in them stay, all that was unfolded or filled in goes.
watch("value", () => {
  shown = {};
  unfold(open);
  if (open === "archive") archive({ does: "look" });
  watchedAnew();
  panel.querySelector(".adding").open = adding;
  write(chosen);
});

// The list of conversations may come to the page after this line.
const begin = () => {
  if (!window.dateline.kept) return setTimeout(begin, 20);
  const last = window.dateline.kept().find(({ id }) => id === conversation);
  const query = new URLSearchParams(location.search);
  const link = query.get("q") && location.search.slice(1), article = query.get("article");
  going = Boolean(last || link) && !article;
  if (article) trigger("article", { article });
  else if (last && (!link || last.queries.includes(link))) trigger("open", { queries: last.queries });
  else if (link) trigger("open", window.dateline.resume(null, [link]));
};
begin();
watchedAnew();
