// The line below the question box, and what it unfolds: filters, the check of a quotation, saved questions, the archive.
// A query is the query part of a link: the question and its limits, as qa.web.inquiry reads and writes it.
const limits = ["since", "until", "now", "sort"];
const field = name => find(`[name=${name}]`);
const tabs = all("[data-panel]");
let unfolded = "", chosen = "";

const unfold = name => {
  if (name === "saved" && unfolded !== name) watched({ does: "look" });
  if (name === "archive" && unfolded !== name) archive({ does: "look" });
  if (!name && find(`#panel-${unfolded || "none"}`)?.contains(document.activeElement)) tabs.find(tab => tab.dataset.panel === unfolded).focus();
  unfolded = name;
  for (const tab of tabs) {
    tab.ariaExpanded = tab.dataset.panel === unfolded;
    find(`#panel-${tab.dataset.panel}`).hidden = tab.dataset.panel !== unfolded;
  }
};
const trouble = textContent => {
  const line = document.createElement("p");
  Object.assign(line, { className: "trouble", role: "alert", textContent });
  return line.outerHTML;
};

// Filters: as they are set, and set as a query has them.
const filters = () => {
  const query = new URLSearchParams(archiveChosen() && { archive: archiveChosen() });
  for (const name of limits) if (field(name).value >= "1000") query.set(name, field(name).value); // no half-typed year
  for (const source of all("[name=source]:checked")) query.append("source", source.value);
  return query.toString();
};
const writeFilters = written => {
  const query = new URLSearchParams(written), sources = query.getAll("source"), archive = find("[name=archive]");
  if (archive && written) archive.value = query.get("archive") || ""; // it stays for the next conversation
  for (const name of limits) field(name).value = query.get(name) || "";
  for (const source of all("[name=source]")) source.checked = sources.includes(source.value);
  chosen = filters();
  const { since, until, now, sort } = Object.fromEntries(new URLSearchParams(chosen));
  const days = { from: since, to: until, as_of: now };
  const named = Object.entries(days).map(([name, day]) => day && worded(words[name], { day }));
  named.push(words[sort], ...sources.slice(0, 2), sources.length > 2 && worded(words.more, { number: sources.length - 2 }));
  tabs[0].textContent = [words.filter, named.filter(Boolean).join(", ")].filter(Boolean).join(": ");
  for (const outlet of all("[data-outlet]")) outlet.ariaPressed = sources.includes(outlet.dataset.outlet);
  if (seenOf !== archiveChosen()) look();
};
const refine = () => {
  writeFilters(filters());
  if (find(".browse")) return send("browse");
  const turn = openTurn();
  if (!turn) return;
  const query = new URLSearchParams(turn.dataset.query);
  for (const name of [...limits, "source", "archive"]) query.delete(name);
  for (const [name, value] of new URLSearchParams(chosen)) query.append(name, value);
  send("refine", { turn: turn.dataset.number, query: query.toString() });
};
let waiting;
element.addEventListener("change", ({ target }) => {
  if (target.type === "file") ("batch" in target.dataset ? complete : add)(target.files);
  if (!target.name) return;
  if (target.name === "archive") for (const source of all("[name=source]:checked")) source.checked = false; // another has others
  clearTimeout(waiting); // a year is typed digit by digit
  waiting = setTimeout(() => { if (filters() !== chosen) refine(); }, target.type === "date" ? 400 : 0);
});
element.addEventListener("input", ({ target }) => {
  if (!("find" in target.dataset)) return;
  const wanted = target.value.trim().toLowerCase();
  for (const label of all(".choice label")) label.hidden = !find(":checked", label) && !label.textContent.toLowerCase().includes(wanted);
});

// A quotation is checked; a CSV of quotations or questions comes back completed, as a file.
const check = async () => {
  const panel = find("#panel-quote");
  const { html, error } = await call("quoted", { text: find("[data-quotation]").value }, panel);
  find(".checked").innerHTML = error ? trouble(error) : html;
};
const encoded = file => new Promise(done => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.readAsDataURL(file);
});
const complete = async ([file]) => {
  const { error, ...made } = file.size > 40_000 ? { error: words.too_large } : await call("batched", { content: await encoded(file) }, find("#panel-quote"));
  find(".checked").innerHTML = error ? trouble(error) : "";
  if (error) return;
  find(".checked").textContent = worded(words.saved_as, made);
  save(made);
};

// The saved questions, after one was saved or deleted or as they are; the tab tells how many answers are new.
const watched = async wanted => {
  const panel = find("#panel-saved");
  const { html, fresh, error } = await call("watched", wanted, panel);
  panel.innerHTML = error ? trouble(error) : html;
  if (!error) find("[data-panel=saved]").textContent = fresh ? worded(words.saved_new, { number: fresh }) : words.saved;
  return !error;
};

// Looks at the archive, builds, cancels, adds articles; while a build runs, it looks again and again.
let polling, building = false;
const archive = async wanted => {
  const panel = find("#panel-archive");
  const { report, state, told, done, error } = await call("archive", wanted, panel);
  if (error) return fill("#panel-archive .state", trouble(error));
  if (report) fill("#panel-archive .report", report);
  fill("#panel-archive .state", state);
  if (wanted.does !== "look" && wanted.does !== "peek") { // it stays until the next wish
    find(".told").textContent = told;
    find(".told").className = `told ${done ? "done" : "trouble"}`;
  }
  if (done && wanted.does === "add") for (const input of all("[data-field]")) input.value = "";
  clearTimeout(polling);
  const running = Boolean(find("[data-running]"));
  if (building && !running) look(); // the masthead tells of the new index at once
  building = running;
  if (running && unfolded === "archive") polling = setTimeout(() => archive({ does: "peek" }), 700);
  else if (done && wanted.does !== "look") archive({ does: "look" });
};
const add = async list => archive({ does: "drop", files: await Promise.all([...list].map(async file => [file.name, await encoded(file)])) });
// Exchanges the admin token for a cookie that lets this browser write.
const unlock = async () => {
  const token = find("[data-token]");
  const reply = await fetch(`${location.pathname.replace(/\/$/, "")}/unlock`, { method: "POST", body: JSON.stringify({ token: token.value }) });
  token.value = "";
  if (reply.ok) { look(); archive({ does: "look" }); }
  else find(".unlocking").textContent = reply.status === 429 ? words.too_often : words.no_token;
};
for (const kind of ["dragover", "drop"]) element.addEventListener(kind, event => {
  const panel = event.target.closest("#panel-archive, #panel-quote");
  if (!panel || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  if (kind === "drop") (panel.id === "panel-quote" ? complete : add)(event.dataTransfer.files);
});

Object.assign(actions, {
  panel: name => unfold(name === unfolded ? "" : name),
  unfold,
  clear: () => {
    writeFilters("");
    refine();
  },
  outlet: name => { // into the filter, or out of it
    const source = all("[name=source]").find(({ value }) => value === name);
    source.checked = !source.checked;
    refine();
  },
  check,
  unlock,
  archive: does => archive({ ...Object.fromEntries(all("[data-field]").map(input => [input.dataset.field, input.value])), does }),
  watch: (_, control) => {
    unfolded = "saved"; // what is there is not looked at first
    unfold("saved");
    watched({ does: "save", query: control.closest(".turn").dataset.query }).then(done => done && say(words.kept, "done"));
  },
  unwatch: (name, control) => watched({ does: "delete", name, ...of(control) }),
});
