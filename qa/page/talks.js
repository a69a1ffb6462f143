// Runs once for the list of conversations. They are kept in this browser alone: id, queries, the moment of the last
// question and, where it was given one, a name. A query is the query part of a link, as qa.web.inquiry reads it.
let local, deleted = null;
try { local = localStorage; } catch { /* this browser keeps nothing */ }
const MOST = 50;
const host = element.closest("#talks");
const find = name => element.querySelector(name);

// What is kept may have been written by another version, or by hand.
const kept = () => {
  let list = [];
  try { list = JSON.parse(local?.getItem("dateline") || "[]"); } catch { /* not ours */ }
  const sound = one => typeof one?.id === "string" && Array.isArray(one.queries) && one.queries.length > 0 && one.queries.every(query => typeof query === "string");
  return Array.isArray(list) ? list.filter(sound) : [];
};
const store = list => {
  try { local?.setItem("dateline", JSON.stringify(list.slice(0, MOST))); } catch { /* no room */ }
  show();
};
const change = (id, values) => store(kept().map(one => one.id === id ? { ...one, ...values } : one));
const questions = ({ queries }) => queries.map(query => new URLSearchParams(query).get("q") || "");
const day = ({ at, id }) => {
  const moment = new Date(at || Number(id));
  return Number.isNaN(moment.getTime()) ? "" : moment.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
};

const made = (tag, values, data = {}) => {
  const part = Object.assign(document.createElement(tag), values);
  Object.assign(part.dataset, data);
  return part;
};
const control = (does, id, textContent, name) => made("button", { type: "button", textContent, ariaLabel: `${textContent}: ${name}` }, { does, kept: id });
const row = one => {
  const name = String(one.name || questions(one)[0]);
  const number = one.queries.length;
  const open = made("button", { type: "button", textContent: name, dir: "auto", className: "open-talk" }, { does: "open", kept: one.id });
  if (one.id === window.dateline?.talk?.()) open.ariaCurrent = "true";
  const facts = made("span", { className: "when", textContent: [day(one), number > 1 ? `${number} questions` : ""].filter(Boolean).join(", ") });
  const row = made("li", {});
  row.append(open, facts, control("rename", one.id, "Rename", name), control("forget", one.id, "Delete", name));
  return row;
};
const show = () => {
  const list = kept(), wanted = find("[data-search]").value.trim().toLowerCase();
  const shown = list.filter(one => [one.name, ...questions(one)].join("\n").toLowerCase().includes(wanted));
  find("[data-search]").hidden = list.length < 2;
  find(".kept").replaceChildren(...shown.map(row));
  const none = list.length ? "None of your questions has these words." : "Your conversations appear here. They are stored only in this browser.";
  find(".none").textContent = shown.length ? "" : none;
};
const rename = (row, id) => {
  const open = row.querySelector(".open-talk");
  const input = made("input", { type: "text", value: open.textContent, ariaLabel: "Name of this conversation", maxLength: 200 });
  const done = keep => { if (keep) change(id, { name: input.value.trim() }); else show(); };
  open.replaceWith(input);
  input.select();
  input.addEventListener("keydown", event => {
    event.stopPropagation();
    if (event.key === "Enter" || event.key === "Escape") done(event.key === "Enter");
  });
  input.addEventListener("blur", () => input.isConnected && done(true));
};
const forget = id => {
  const list = kept(), position = list.findIndex(one => one.id === id);
  deleted = { one: list[position], position };
  store(list.filter(one => one.id !== id));
  find(".undo").replaceChildren("Deleted. ", made("button", { type: "button", textContent: "Undo" }, { does: "undo" }));
  find(".undo button").focus();
};
const undo = () => {
  const list = kept();
  if (deleted) list.splice(deleted.position, 0, deleted.one);
  deleted = null;
  find(".undo").replaceChildren();
  store(list);
};
const sheet = open => {
  host.classList.toggle("open", open);
  if (open) show();
  (open ? find(".open-talk") || find("[data-shut]") : document.querySelector("[data-sheet]"))?.focus();
};

element.addEventListener("click", event => {
  const { does, kept: id, shut } = event.target.closest("button")?.dataset || {};
  if (shut !== undefined) sheet(false);
  else if (does === "undo") undo();
  else if (does === "forget") forget(id);
  else if (does === "rename") rename(event.target.closest("li"), id);
  else if (does === "open") {
    sheet(false);
    trigger("open", window.dateline.resume(id, kept().find(one => one.id === id).queries));
  }
});
element.addEventListener("input", event => { if ("search" in event.target.dataset) show(); });
element.addEventListener("keydown", event => {
  if (event.key !== "Escape" || !host.classList.contains("open")) return;
  event.stopPropagation();
  sheet(false);
});

window.dateline = {
  ...window.dateline,
  sheet,
  kept,
  // The latest conversation comes first. Going back in one forgets none of its questions.
  remember: (id, queries, grown) => {
    const list = kept(), before = list.find(one => one.id === id);
    if (grown || !before) store([{ ...before, id, queries, at: Date.now() }, ...list.filter(one => one.id !== id)]);
    else show();
  },
};
addEventListener("storage", show); // another window may have added to them
show();
