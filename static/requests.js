// Asking for a service: questions that follow from an answer, and drafts that save themselves.
(() => {
  "use strict";

  const form = document.getElementById("request-form");
  if (!form) return;
  document.documentElement.classList.add("has-script");

  // ---- Questions that hang on another answer
  const slots = [...form.querySelectorAll("[data-when]")];

  const answer = (name) => {
    const fields = [...form.querySelectorAll(`[name="${CSS.escape(name)}"], [name^="${CSS.escape(name)}-"]`)]
      .filter((field) => !field.disabled);
    const ticks = fields.filter((field) => field.type === "checkbox" || field.type === "radio");
    if (ticks.length) return ticks.filter((field) => field.checked).map((field) => field.value);
    return fields.map((field) => field.value.trim()).filter(Boolean);
  };
  const isBool = (name) => {
    const ticks = form.querySelectorAll(`[name="${CSS.escape(name)}"][type="checkbox"]`);
    return ticks.length === 1 && !ticks[0].closest("fieldset.field");
  };
  const met = ({ when, op, value }) => {
    const given = answer(when);
    if (op === "filled") return given.length > 0;
    if (isBool(when)) return (given.length > 0) === (value === "yes");
    if (op === "is") return given[0] === value;
    const isList = form.querySelector(`[name="${CSS.escape(when)}"][type="checkbox"]`);
    return isList ? given.includes(value) : given.join(" ").toLowerCase().includes(value.toLowerCase());
  };
  const show = (slot, open) => {
    const waiting = slot.querySelector(":scope > template");
    if (open && waiting) waiting.replaceWith(waiting.content);
    slot.hidden = !open;
    slot.querySelectorAll("input, select, textarea").forEach((field) => { field.disabled = !open; });
  };
  const settle = () => slots.forEach((slot) => show(slot, met(slot.dataset)));
  form.addEventListener("change", settle);
  form.addEventListener("input", settle);
  settle();

  // ---- Drafts
  const state = form.querySelector("[data-draft-url]");
  if (!state) return;
  const PAUSE = 3000;
  let timer = 0;
  let sending = false;
  let again = false;

  const body = () => {
    const data = new FormData(form);
    [...data.keys()].forEach((key) => {
      if (data.getAll(key).some((value) => value instanceof File)) data.delete(key);
    });
    return new URLSearchParams(data);
  };
  async function save() {
    if (sending) { again = true; return; }
    sending = true;
    try {
      const reply = await fetch(state.dataset.draftUrl, { method: "POST", body: body(), redirect: "error" });
      if (!reply.ok) throw new Error(String(reply.status));
      state.textContent = (await reply.json()).text;
    } catch {
      state.textContent = state.dataset.draftFailed;
    }
    sending = false;
    if (again) { again = false; plan(); }
  }
  function plan() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }
  form.addEventListener("input", plan);
  form.addEventListener("change", plan);
  form.addEventListener("submit", () => clearTimeout(timer));
})();
