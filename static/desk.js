// The desk: shortcuts that can be switched off, and who else has a request open.
(() => {
  "use strict";

  const at = (id) => document.getElementById(id);
  const help = at("keys-help");
  const rows = [...document.querySelectorAll("tr[data-item]")];
  let place = -1;
  const go = (by) => {
    if (!rows.length) return;
    rows[place]?.classList.remove("is-at");
    place = Math.min(Math.max(place + by, 0), rows.length - 1);
    rows[place].classList.add("is-at");
    rows[place].querySelector("[data-open]").focus();
  };
  const write = (id) => at(id)?.querySelector("textarea")?.focus();
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    o: () => rows[place]?.querySelector("[data-open]").click(),
    a: () => document.querySelector('.step-row form[action$="/assignee"] button')?.click(),
    r: () => write("reply-box"),
    n: () => write("note-box"),
    "?": () => { help.open = !help.open; if (help.open) help.scrollIntoView({ block: "nearest" }); },
  };
  if (help?.dataset.keys === "on") {
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, select, textarea, [contenteditable]");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  const presence = at("presence");
  if (!presence) return;
  const texts = ["reply-box", "note-box"].map((id) => at(id)?.querySelector("textarea")).filter(Boolean);
  const beat = async () => {
    if (document.hidden) return;
    const body = new FormData();
    body.set("csrf_token", presence.dataset.token);
    body.set("writing", texts.some((text) => text.value.trim()) ? "1" : "0");
    try {
      const answer = await fetch(presence.dataset.url, { method: "POST", body, redirect: "error" });
      if (!answer.ok) return;
      const { text } = await answer.json();
      presence.querySelector("p").textContent = text;
      presence.hidden = !text;
    } catch { /* the next beat tries again */ }
  };
  beat();
  setInterval(beat, 20000);
})();
