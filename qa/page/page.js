// Runs once when the page has loaded: what unfolds a panel from elsewhere, and the keyboard. `/` goes to the question box, Esc closes the article or what is unfolded, and
// in the box arrow-up and arrow-down go through the questions of this conversation.
() => {
  let recalled = -1;
  const box = () => document.querySelector("#question textarea, #question input");
  const write = words => {
    box().value = words;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  };

  const recall = step => {
    const asked = [...document.querySelectorAll("[data-question]:is(.turn)")].map(turn => turn.dataset.question);
    recalled = Math.max(-1, Math.min(asked.length - 1, recalled + step));
    write(recalled < 0 ? "" : asked[recalled]);
  };

  document.querySelector("#asking").role = "search";

  // Light or dark, as chosen here before; else as the system has it.
  const theme = "dateline-theme";
  let local;
  try { local = localStorage; } catch { /* this browser keeps nothing */ }
  const dark = on => document.body.classList.toggle("dark", on);
  if (local?.getItem(theme)) dark(local.getItem(theme) === "dark");
  document.addEventListener("click", event => {
    if (!event.target.closest("[data-theme]")) return;
    local?.setItem(theme, dark() ? "dark" : "light");
  });

  // Where the program cannot be reached, or refuses, the page says so in its own words.
  const say = words => {
    const line = document.querySelector("#message p");
    if (line) Object.assign(line, { className: "trouble", role: "alert", textContent: words });
  };
  const reach = window.fetch;
  window.fetch = async (...request) => {
    try {
      const reply = await reach(...request);
      if (!reply.ok && reply.url.includes("/gradio_api/")) reply.clone().json().then(({ error }) => error && say(error), () => {});
      return reply;
    } catch (error) {
      if (error.name !== "AbortError") say("Dateline cannot be reached. Check that it is still running, then try again.");
      throw error;
    }
  };

  // What is half typed outlives a reload.
  let session;
  try { session = sessionStorage; } catch { /* this browser keeps nothing */ }
  document.addEventListener("input", event => {
    if (event.target === box()) session?.setItem("dateline-draft", box().value);
  });
  if (!box().value) write(session?.getItem("dateline-draft") || "");

  document.addEventListener("click", event => {
    const opener = event.target.closest("[data-unfold]");
    if (opener) window.dateline.unfold(opener.dataset.unfold);
    const outlet = event.target.closest("[data-outlet]");
    if (outlet) window.dateline.only(outlet.dataset.outlet);
  });

  document.addEventListener("keydown", event => {
    const inBox = event.target === box();
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      box().focus();
    } else if (event.key === "Escape") {
      (document.querySelector("#viewer .close") || document.querySelector(".tabs [aria-expanded=true]"))?.click();
    } else if (inBox && (event.key === "ArrowUp" || event.key === "ArrowDown") && (recalled >= 0 || !box().value)) {
      event.preventDefault();
      recall(event.key === "ArrowUp" ? 1 : -1);
    } else if (inBox) {
      recalled = -1;
    }
  });
}
