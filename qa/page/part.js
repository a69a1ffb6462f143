// Runs once for each live part of the page (the front page, the conversation, the viewer) with Gradio's element, trigger and watch.
// A control with data-send="name" sends that event, with its other data-* values, to Python.
const sent = ["ask", "read", "article", "show", "refine", "approve", "restart", "browse", "close"];
const narrow = matchMedia("(max-width: 62em)");
const openCard = position => document.querySelector(`.turn:not(.folded) .card[data-position="${position}"]`);

// Copies or saves the answer that a control stands in, in the form that it names.
const takeAlong = async (control, query) => {
  const { export: form, does } = control.dataset;
  const words = control.textContent;
  const say = result => { control.textContent = result; setTimeout(() => { control.textContent = words; }, 1500); };
  control.ariaBusy = true;
  const { name, kind, content } = form === "link" ? { content: control.href } : await server.exported({ query, form }).catch(() => ({}));
  control.ariaBusy = false;
  if (!content) say("Failed");
  else if (does === "copy" && navigator.clipboard) await navigator.clipboard.writeText(content).then(() => say("Copied"), () => say("Failed"));
  else window.dateline.save({ name, kind, content });
};

element.addEventListener("click", event => {
  const taking = event.target.closest("[data-export]");
  // Without a clipboard, which browsers give to secure pages alone, a link leads where it points.
  if (taking && (navigator.clipboard || taking.dataset.export !== "link")) {
    event.preventDefault();
    takeAlong(taking, taking.closest(".turn")?.dataset.query);
  }
  const watching = event.target.closest("[data-watch]");
  if (watching) window.dateline.watch(watching.closest(".turn").dataset.query);
  const control = event.target.closest("[data-send]");
  if (!control || !sent.includes(control.dataset.send)) return;
  if (control.dataset.send === "close") {
    const card = openCard(element.querySelector(".reading")?.dataset.passage);
    card?.querySelector(".headline").focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
  }
  if (control.dataset.send === "restart") window.dateline.clear();
  trigger(control.dataset.send, { ...control.dataset, ...window.dateline.sent() });
});

// What the language model writes on the open answer, as it comes.
const compose = async (part, query) => {
  const { html, done } = await server.composed({ query }).catch(() => ({ done: true }));
  if (!part.isConnected) return;
  part.innerHTML = html || "";
  part.ariaBusy = !done;
  if (!done) setTimeout(() => compose(part, query), 400);
};

watch("value", () => {
  const reading = element.querySelector(".reading");
  const turn = element.querySelector(".turn:not(.folded)");
  if (element.closest("#conversation")) {
    window.dateline.keep([...element.querySelectorAll(".turn")].map(turn => turn.dataset.query).reverse());
  }
  const list = element.querySelector(".browse");
  if (list) {
    list.querySelector("h2").focus({ preventScroll: true });
    if (list.getBoundingClientRect().top < 0) list.scrollIntoView({ block: "start" });
    return;
  }
  if (turn && "unread" in turn.dataset) return trigger("settle", { turn: turn.dataset.number, query: turn.dataset.query, ...window.dateline.sent() });
  const composed = turn?.querySelector("[data-composed]");
  if (composed) compose(composed, turn.dataset.query);
  const next = turn?.querySelector(".next");
  if (next) server.related({ query: turn.dataset.query }).then(({ html }) => { next.innerHTML = html || ""; }, () => {});
  if (turn && turn.getBoundingClientRect().top < 0) turn.scrollIntoView({ block: "start" });
  if (turn) return;
  document.querySelectorAll(".card.current").forEach(card => card.classList.remove("current"));
  if (!reading) return;
  openCard(reading.dataset.passage)?.classList.add("current");
  if (!reading.contains(document.activeElement)) reading.querySelector(".headline").focus({ preventScroll: true });
  const passage = reading.querySelector(".passage mark") || reading.querySelector(".passage");
  const pane = reading.querySelector(".body");
  if (narrow.matches) passage?.scrollIntoView({ block: "center" });
  else if (passage) pane.scrollTop += passage.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
});
