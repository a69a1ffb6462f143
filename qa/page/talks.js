// The conversations, kept in this browser alone: id, queries, the moment of the last question and, where it was given
// one, a name. A query is the query part of a link.
const MOST = 50;
const talks = find("#talks");
let deleted = null;

// What is kept may have been written by another version, or by hand.
const kept = () => {
  let list = [];
  try { list = JSON.parse(local?.getItem("dateline") || "[]"); } catch { /* not ours */ }
  const sound = one => typeof one?.id === "string" && Array.isArray(one.queries) && one.queries.length > 0 && one.queries.every(query => typeof query === "string");
  return Array.isArray(list) ? list.filter(sound) : [];
};
const store = list => {
  try { local?.setItem("dateline", JSON.stringify(list.slice(0, MOST))); } catch { /* no room */ }
  showTalks();
};
// The latest conversation comes first. Going back in one forgets none of its questions.
const remember = (id, queries, grown) => {
  const list = kept(), before = list.find(one => one.id === id);
  if (grown || !before) store([{ ...before, id, queries, at: Date.now() }, ...list.filter(one => one.id !== id)]);
  else showTalks();
};
const resume = (id, queries, again) => {
  current(id);
  unfold("");
  send("open", { queries }, again);
};

const questions = ({ queries }) => queries.map(query => new URLSearchParams(query).get("q") || "");
const day = ({ at, id }) => {
  const moment = new Date(at || Number(id));
  return Number.isNaN(moment.getTime()) ? "" : moment.toLocaleDateString(language === "en" ? "en-GB" : language, { day: "numeric", month: "long", year: "numeric" });
};
const made = (tag, values, data = {}) => {
  const part = Object.assign(document.createElement(tag), values);
  Object.assign(part.dataset, data);
  return part;
};
const row = one => {
  const name = String(one.name || questions(one)[0]), number = one.queries.length;
  const facts = [day(one), number > 1 ? worded(words.questions, { number }) : ""].filter(Boolean).join(", ");
  const control = (talk, textContent) => made("button", { type: "button", textContent, ariaLabel: `${textContent}: ${name}` }, { talk, id: one.id });
  const open = made("button", { type: "button", textContent: name, dir: "auto", className: "open-talk" }, { talk: "open", id: one.id });
  if (one.id === talk) open.ariaCurrent = "true";
  const item = made("li", {});
  item.append(open, made("span", { className: "when", textContent: facts }), control("rename", words.rename), control("forget", words.delete));
  return item;
};
const search = find("input", talks);
const showTalks = () => {
  const list = kept(), wanted = search.value.trim().toLowerCase();
  const shown = list.filter(one => [one.name, ...questions(one)].join("\n").toLowerCase().includes(wanted));
  search.hidden = list.length < 2;
  find(".kept").replaceChildren(...shown.map(row));
  find(".none").textContent = shown.length ? "" : list.length ? words.no_such : words.none;
};
const sheet = open => {
  talks.classList.toggle("open", open);
  if (open) showTalks();
  (open ? find(".open-talk") || find(".shut") : find(".tabs [data-sheet]")).focus();
};

const wishes = {
  open: ({ id, queries }) => {
    if (talks.classList.contains("open")) sheet(false);
    resume(id, queries, false);
  },
  rename: ({ id }, control) => {
    const open = find(".open-talk", control.closest("li"));
    const input = made("input", { type: "text", value: open.textContent, ariaLabel: words.name, maxLength: 200 });
    const done = keeps => {
      if (keeps) store(kept().map(one => one.id === id ? { ...one, name: input.value.trim() } : one));
      else showTalks();
    };
    open.replaceWith(input);
    input.select();
    input.addEventListener("keydown", event => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Escape") done(event.key === "Enter");
    });
    input.addEventListener("blur", () => input.isConnected && done(true));
  },
  forget: one => {
    const list = kept();
    deleted = { one, position: list.findIndex(({ id }) => id === one.id) };
    store(list.filter(({ id }) => id !== one.id));
    find(".undo").replaceChildren(`${words.deleted} `, made("button", { type: "button", textContent: words.undo }, { undo: "" }));
    find(".undo button").focus();
  },
};
Object.assign(actions, {
  talk: (wish, control) => wishes[wish](kept().find(({ id }) => id === control.dataset.id), control),
  undo: () => {
    find(".undo").replaceChildren();
    store(kept().toSpliced(deleted.position, 0, deleted.one));
  },
  sheet: wish => sheet(wish !== "shut"),
});
search.addEventListener("input", showTalks);
addEventListener("storage", showTalks); // another window may have added to them

// What the page begins with: what its address says, or the conversation of before a reload.
const query = new URLSearchParams(location.search);
const link = query.get("q") && location.search.slice(1), last = kept().find(({ id }) => id === talk);
showTalks();
if (query.get("article")) send("article", { article: query.get("article"), archive: query.get("archive") || "" });
else if (query.has("browse")) send("browse", { page: query.get("browse"), query: location.search }, true);
else if (last && (!link || last.queries.includes(link))) resume(talk, last.queries, true);
else if (link) resume(null, [link], true);
look();
box.focus();
