// Runs once, with Gradio's `element` and `server`, and with panels.js and talks.js behind it: asks Python, fills the
// parts of the page, and keeps the address. A control with data-NAME="value" does what `actions` has under that name.
const find = (selector, within = element) => within.querySelector(selector);
const all = (selector, within = element) => [...within.querySelectorAll(selector)];
const storage = name => { try { return window[name]; } catch { return null; } }; // some browsers keep nothing
const local = storage("localStorage"), session = storage("sessionStorage");
const narrow = matchMedia("(max-width: 62em)");
const openTurn = () => find(".turn:not(.folded)");
const openCard = position => find(`.turn:not(.folded) .card[data-position="${position}"]`);

// What is refused is refused in a sentence, as { error }. Gradio's client keeps that to itself, so it is given as a reply.
const reach = window.fetch;
window.fetch = async (...request) => {
  const reply = await reach(...request);
  return reply.ok || !reply.url.includes("/component_server") ? reply : new Response(reply.body);
};
// The language is the one chosen here before, else the first of the browser's that the page knows.
const known = all("[data-language] option").map(option => option.value);
const language = [local?.getItem("dateline-language"), ...navigator.languages].map(one => one?.slice(0, 2)).find(one => known.includes(one)) || "en";
const archiveChosen = () => find("[name=archive]")?.value || ""; // of several; empty for all
const call = async (verb, sent = {}, part = null) => {
  if (part) part.ariaBusy = true;
  const reply = await server[verb]({ language, archive: archiveChosen(), ...sent }).catch(() => null);
  if (part) part.ariaBusy = false;
  return reply || { error: words.unreachable };
};
const typed = find("#question input").value; // before this script ran
let words = JSON.parse(find("#words").dataset.words);
document.documentElement.lang = language;
if (language !== "en") { // as which the page was served
  element.style.visibility = "hidden";
  element.innerHTML = (await call("whole")).html || element.innerHTML;
  element.style.visibility = "";
  words = JSON.parse(find("#words").dataset.words);
}
const worded = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const box = find("#question input");
const of = control => ({ archive: control.closest("[data-of]")?.dataset.of || archiveChosen() }); // of which of several it is
const say = (textContent, kind) => Object.assign(find("#message p"), { className: kind, role: kind === "trouble" ? "alert" : "status", textContent });

// The questions of the conversation that is shown, oldest first, and its id among those that are kept.
let queries = [], talk = session?.getItem("dateline");
const current = id => {
  talk = id;
  if (id) session?.setItem("dateline", id);
  else session?.removeItem("dateline");
};

// What is the same stays, with what is focused, pressed, selected or unfolded in it.
const renew = (part, fresh) => {
  const before = [...part.childNodes], after = [...fresh.childNodes];
  if (before.length !== after.length) return part.replaceChildren(...after);
  after.forEach((node, position) => {
    const old = before[position];
    if (old.isEqualNode(node)) return;
    if (node.hasChildNodes() && old.cloneNode().isEqualNode(node.cloneNode())) renew(old, node);
    else old.replaceWith(node);
  });
};
const drawn = {};
const fill = (place, html) => {
  if (drawn[place] === html) return false;
  const part = find(place), fresh = part.cloneNode();
  fresh.innerHTML = drawn[place] = html;
  if (fresh.innerHTML === part.innerHTML) return false;
  renew(part, fresh);
  return true;
};
const filled = { // what follows when a part has changed
  conversation: again => {
    keep(again);
    const turn = openTurn();
    if (!turn) return;
    const { query, number } = turn.dataset;
    if ("unread" in turn.dataset) return send("settle", { turn: number, query });
    const composed = find("[data-composed]", turn), next = find(".next", turn);
    if (composed) compose(composed, query);
    if (next) call("related", { query }).then(({ html }) => { next.innerHTML = html || ""; });
    if (turn.getBoundingClientRect().top < 0) turn.scrollIntoView({ block: "start" });
  },
  browse: again => {
    const list = find(".browse");
    visit(again);
    if (!list) return;
    find("h2", list).focus({ preventScroll: true });
    if (list.getBoundingClientRect().top < 0) list.scrollIntoView({ block: "start" });
  },
  viewer: () => {
    all(".card.current").forEach(card => card.classList.remove("current"));
    const reading = find(".reading");
    if (!reading) return;
    openCard(reading.dataset.passage)?.classList.add("current");
    if (!reading.contains(document.activeElement)) find(".headline", reading).focus({ preventScroll: true });
    const passage = find(".passage mark", reading) || find(".passage", reading), pane = find(".body", reading);
    if (narrow.matches) passage?.scrollIntoView({ block: "center" });
    else if (passage) pane.scrollTop += passage.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  },
};
const draw = (parts, again = false) => {
  const changed = Object.keys(parts).filter(part => parts[part] !== null && fill(`#${part}`, parts[part]));
  for (const part of changed) filled[part](again);
};

// Asks Python for parts of the page; whether they came. A reply comes too late once the conversation has moved on.
// `again` is a step in the browser's history, which makes no new entry there.
let moved = 0;
const send = async (verb, sent = {}, again = false) => {
  const moves = ["ask", "refine", "open", "show"].includes(verb);
  if (moves) moved += 1;
  const since = moved;
  const { error, said, kind, ...parts } = await call(verb, { limits: filters(), queries, ...sent }, moves ? find("#columns") : null);
  if (since !== moved) return false;
  say(error || said, error ? "trouble" : kind);
  if (!error) draw(parts, again);
  return !error;
};
const ask = async question => {
  if (await send("ask", { question }) && box.value === question) write(""); // what was typed meanwhile stays
};
const restart = again => {
  moved += 1;
  writeFilters("");
  say("", "unseen");
  draw({ conversation: "", viewer: "", browse: "" }, again);
  find("#columns").ariaBusy = false;
};
const close = control => {
  if (control.closest("#browse")) return history.state.depth ? history.go(-history.state.depth) : draw({ browse: "", viewer: "" });
  const card = openCard(find(".reading").dataset.passage);
  draw({ viewer: "" });
  card?.querySelector(".headline").focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
};
// What the language model writes on the open answer, as it comes.
const compose = async (part, query) => {
  const { html, done = true } = await call("composed", { query });
  if (!part.isConnected) return;
  part.innerHTML = html || "";
  part.ariaBusy = !done;
  if (!done) setTimeout(() => compose(part, query), 400);
};

// Each open answer and each list is an entry of the browser's history, with an address of its own.
const visit = again => {
  const turn = openTurn(), list = find(".browse");
  const shown = list ? [`?browse=${list.dataset.page}`, list.dataset.query].filter(Boolean).join("&") : turn ? `?${turn.dataset.query}` : location.pathname;
  const same = again || shown === (location.search || location.pathname);
  const depth = list ? (history.state?.depth || 0) + (same ? 0 : 1) : 0; // so many steps back is what was before the list
  const state = { queries, turn: Number(turn?.dataset.number || 0), talk, browse: list && { ...list.dataset }, depth };
  history[same ? "replaceState" : "pushState"](state, "", shown);
  document.title = list ? `${words.browse} – Dateline` : turn ? `${turn.dataset.question} – Dateline` : "Dateline";
};
const keep = again => {
  const shown = all(".turn").map(turn => turn.dataset.query).reverse();
  if (shown.length !== queries.length) unfold(""); // the answer is what counts now
  queries = shown;
  if (!queries.length) current(null);
  else if (!talk) current(`${Date.now()}`);
  visit(again);
  if (!queries.length) return showTalks();
  remember(talk, queries, !again);
  writeFilters(openTurn().dataset.query);
};
addEventListener("popstate", async ({ state }) => {
  current(state?.talk || null);
  if (state?.queries?.length && (queries.join() !== state.queries.join() || Number(openTurn().dataset.number) !== state.turn)) {
    await send("show", { queries: state.queries, turn: state.turn }, true);
  } else if (!state?.queries?.length) restart(true);
  if (state?.browse) send("browse", state.browse, true);
  else draw({ browse: "", viewer: "" }, true);
});

// What is half typed outlives a reload. What was sent before this script ran is in the address, as in a link.
const write = question => {
  box.value = question;
  session?.setItem("dateline-draft", question);
};
write(typed || session?.getItem("dateline-draft") || "");
box.addEventListener("input", () => write(box.value));
find("#asking").addEventListener("submit", event => {
  event.preventDefault();
  ask(box.value);
});

// Copies or saves the answer that a control stands in, in the form that it names.
const takeAlong = async (control, form) => {
  const label = control.dataset.label ??= control.textContent; // which a second click finds changed
  const tell = result => { control.textContent = result; setTimeout(() => { control.textContent = label; }, 1500); };
  const query = control.closest(".turn")?.dataset.query;
  const { name, kind, content } = form === "link" ? { content: control.href } : await call("exported", { query, form }, control);
  if (!content) tell(words.failed);
  else if (control.dataset.does === "copy" && navigator.clipboard) await navigator.clipboard.writeText(content).then(() => tell(words.copied), () => tell(words.failed));
  else save({ name, kind, content });
};
const save = ({ name, kind, content }) => {
  const href = URL.createObjectURL(new Blob([content], { type: kind }));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
};

const actions = {
  send: (verb, control) => {
    if (verb === "ask") ask(control.dataset.question);
    else if (verb === "restart") restart(false);
    else if (verb === "close") close(control);
    else send(verb, { ...of(control), ...control.dataset });
  },
  export: (form, control, event) => {
    // Without a clipboard, which browsers give to secure pages alone, a link leads where it points.
    if (form === "link" && !navigator.clipboard) return;
    event.preventDefault();
    takeAlong(control, form);
  },
  theme: () => local?.setItem("dateline-theme", document.body.classList.toggle("dark") ? "dark" : "light"),
};
element.addEventListener("click", event => {
  const control = event.target.closest("button, a");
  for (const [name, value] of Object.entries(control?.dataset || {})) actions[name]?.(value, control, event);
});
element.addEventListener("change", ({ target }) => {
  if (!("language" in target.dataset)) return;
  local?.setItem("dateline-language", target.value);
  location.reload();
});
// Light or dark, as chosen here before; else as the system has it.
const theme = local?.getItem("dateline-theme");
if (theme) document.body.classList.toggle("dark", theme === "dark");

// `/` goes to the question box, Esc closes the article or what is unfolded, and in the box arrow-up and arrow-down go
// through the questions of this conversation.
let recalled = -1;
const recall = step => {
  const asked = all(".turn").map(turn => turn.dataset.question);
  recalled = Math.max(-1, Math.min(asked.length - 1, recalled + step));
  write(recalled < 0 ? "" : asked[recalled]);
};
document.addEventListener("keydown", event => {
  const typing = event.target.closest?.("input, textarea, select");
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !typing) {
    event.preventDefault();
    box.focus();
  } else if (event.key === "Escape") {
    (find("#talks.open .shut") || find(".tabs [aria-expanded=true]") || find("#viewer .close"))?.click();
  } else if (typing === box && (event.key === "ArrowUp" || event.key === "ArrowDown") && (recalled >= 0 || !box.value)) {
    event.preventDefault();
    recall(event.key === "ArrowUp" ? 1 : -1);
  } else if (typing === box) recalled = -1;
});

// What the archive has: again as soon as its model is loaded, and now and then for a new index.
let generation, seenOf = "";
const look = async () => {
  seenOf = archiveChosen();
  const { error, ...seen } = await call("look");
  if (error) say(error, "trouble");
  else {
    for (const part of ["masthead", "front", "rail"]) fill(`#${part}`, seen[part]);
    if (fill("#panel-filter", seen.filter)) writeFilters(chosen);
    if (generation !== seen.generation && (seen.saved || unfolded === "saved")) watched({ does: "look" });
    if (generation !== seen.generation && unfolded === "archive") archive({ does: "look" });
    generation = seen.generation;
  }
  clearTimeout(looking);
  looking = setTimeout(look, seen.complete ? 30_000 : 3_000);
};
let looking;
