// The desk: shortcuts that can be switched off, live counts, and who else has a request open.
(() => {
  "use strict";

  const at = (id) => document.getElementById(id);
  const help = at("keys-help");
  const rows = [...document.querySelectorAll("[data-item]")];
  const ORDER = "desk-order";
  const links = rows.map((row) => row.querySelector("[data-open]").href);
  if (links.length) sessionStorage.setItem(ORDER, JSON.stringify(links));
  let place = -1;

  // In a list to the next line; on a request to its neighbour in the list it was opened from.
  const go = (by) => {
    if (!rows.length) return leave(by);
    rows[place]?.classList.remove("is-at");
    place = Math.min(Math.max(place + by, 0), rows.length - 1);
    rows[place].classList.add("is-at");
    rows[place].querySelector("[data-open]").focus();
  };
  const leave = (by) => {
    const order = JSON.parse(sessionStorage.getItem(ORDER) || "[]").map((link) => new URL(link).pathname);
    const here = order.indexOf(location.pathname);
    if (here >= 0 && order[here + by]) location.assign(order[here + by]);
  };
  const open = (hash = "") => {
    const link = rows[place]?.querySelector("[data-open]");
    if (link) location.assign(link.href + hash);
  };
  const write = (id) => (at(id) ? at(id).querySelector("textarea")?.focus() : open(`#${id}`));
  const assign = () => {
    const button = document.querySelector('.step-row form[action$="/assignee"] button');
    if (button) return button.click();
    const row = rows[place]?.querySelector('input[name="ids"]');
    const bulk = document.querySelector('button[name="action"][value="assign"]');
    if (!row || !bulk) return;
    document.querySelectorAll('input[name="ids"]').forEach((box) => { box.checked = box === row; });
    bulk.form.elements["value-assign"].selectedIndex = 0;
    bulk.form.elements.scope.value = "ticked";
    bulk.click();
  };
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    o: () => open(),
    a: assign,
    r: () => write("reply-box"),
    n: () => write("note-box"),
    "?": () => { help.open = !help.open; if (help.open) help.scrollIntoView({ block: "nearest" }); },
  };
  if (help?.dataset.keys === "on") {
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
  }
  const wanted = at(location.hash.slice(1))?.querySelector("textarea");
  if (wanted) wanted.focus();

  // The numbers on the queues follow what comes in; the list stays until it is asked for.
  const queues = at("queues");
  const count = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(queues.dataset.url, { redirect: "error" });
      if (!answer.ok) return;
      const counts = await answer.json();
      queues.querySelectorAll("[data-count]").forEach((mark) => { mark.textContent = counts[mark.dataset.count]; });
    } catch { /* the next time */ }
  };
  if (queues) {
    document.addEventListener("visibilitychange", count);
    setInterval(count, 30000);
  }

  const presence = at("presence");
  if (!presence) return;
  const crossing = at("crossing");
  const texts = ["reply-box", "note-box"].map((id) => at(id)?.querySelector("textarea")).filter(Boolean);
  const beat = async () => {
    if (document.hidden) return;
    const body = new FormData();
    body.set("csrf_token", presence.dataset.token);
    body.set("writing", texts.some((text) => text.value.trim()) ? "1" : "0");
    const seen = document.querySelector('input[name="seen"]');
    if (seen) body.set("seen", seen.value);
    try {
      const answer = await fetch(presence.dataset.url, { method: "POST", body, redirect: "error" });
      if (!answer.ok) return;
      const { text, news } = await answer.json();
      presence.querySelector("p").textContent = text;
      presence.hidden = !text;
      crossing.querySelector("[data-news]").textContent = news;
      crossing.hidden = !news;
    } catch { /* the next beat tries again */ }
  };
  // What is typed stays in the tab and comes back after reading.
  crossing.querySelector("button").addEventListener("click", () => location.reload());
  document.addEventListener("visibilitychange", beat);
  texts.forEach((text) => text.addEventListener("input", beat, { once: true }));
  beat();
  setInterval(beat, 15000);
})();
