// Writing at the desk: texts to insert, colleagues to mention, many requests to choose at once.
(() => {
  "use strict";

  const at = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    return element;
  };
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const get = async (url) => {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  // A list that is moved through with the arrow keys; the box keeps the focus.
  const chooser = (box, list) => ({
    items: () => all("[role=option]", list),
    active() { return this.items().findIndex((item) => item.getAttribute("aria-selected") === "true"); },
    mark(index) {
      const items = this.items();
      if (!items.length) return box.removeAttribute("aria-activedescendant");
      const place = (index + items.length) % items.length;
      items.forEach((item, n) => item.setAttribute("aria-selected", String(n === place)));
      box.setAttribute("aria-activedescendant", items[place].id);
      items[place].scrollIntoView({ block: "nearest" });
      return items[place];
    },
    chosen() { return this.items()[this.active()]; },
  });

  // ---- Texts
  function picker() {
    const dialog = at("picker");
    const opener = document.querySelector("[data-texts]");
    const form = opener?.form;
    const reply = form?.querySelector("textarea");
    if (!dialog?.showModal || !reply) return;
    const query = at("picker-q");
    const list = at("picker-list");
    const choice = chooser(query, list);
    const preview = dialog.querySelector("[data-preview]");
    const does = dialog.querySelector("[data-does]");
    const language = form.elements.language;
    const known = new Map();
    let groups = [];
    let last = "";

    const url = (id) => `${opener.dataset.texts}/${id}?language=${encodeURIComponent(language.value)}`;
    const text = (id) => {
      const key = url(id);
      if (!known.has(key)) known.set(key, get(key));
      return known.get(key);
    };
    const show = async (item) => {
      last = item?.dataset.id || "";
      preview.textContent = "";
      does.hidden = true;
      if (!last) return;
      const found = await text(last);
      if (item.dataset.id !== last) return;
      preview.textContent = found.text;
      preview.lang = found.language;
      does.textContent = [...found.effects, ...(found.missing.length ? [`${dialog.dataset.gap} ${found.missing.join(" ")}`] : [])].join(" · ");
      does.hidden = !does.textContent;
    };
    const fill = () => {
      const parts = fold(query.value).split(/\s+/).filter(Boolean);
      const fits = (name) => parts.every((part) => fold(name).includes(part));
      list.replaceChildren(...groups.flatMap((group) => {
        const hits = group.texts.filter((entry) => fits(entry.name));
        if (!hits.length) return [];
        return [make("li", { role: "presentation" }, group.label), ...hits.map((entry) => {
          const item = make("li", { role: "option", id: `pick-${entry.id}`, "aria-selected": "false" }, entry.name);
          item.dataset.id = entry.id;
          return item;
        })];
      }));
      if (!list.children.length) list.append(make("li", { role: "presentation" }, dialog.dataset.empty));
      show(choice.mark(0));
    };
    const insert = async () => {
      const item = choice.chosen();
      if (!item) return;
      const found = await text(item.dataset.id);
      const [start, end] = [reply.selectionStart, reply.selectionEnd];
      const before = start > 0 && reply.value[start - 1] !== "\n" ? "\n\n" : "";
      reply.setRangeText(before + found.text, start, end, "end");
      if ([...language.options].some((option) => option.value === found.language)) language.value = found.language;
      form.elements.used.value = `${form.elements.used.value} ${item.dataset.id}`.trim();
      if (found.effects.length) {
        form.elements.macro.value = item.dataset.id;
        at("macro").querySelector("[data-effects]").textContent = found.effects.join(" · ");
        at("macro").hidden = false;
      }
      dialog.close();
      reply.focus();
      const gap = reply.value.indexOf(found.missing[0] || "…", start);
      if (gap >= 0) reply.setSelectionRange(gap, gap + (found.missing[0] || "…").length);
      reply.dispatchEvent(new Event("input", { bubbles: true }));
    };

    opener.addEventListener("click", async (event) => {
      event.preventDefault();
      dialog.showModal();
      query.value = "";
      try {
        if (!groups.length) ({ groups } = await get(opener.dataset.texts));
      } catch { /* the list stays empty and says so */ }
      fill();
      query.focus();
    });
    query.addEventListener("input", fill);
    query.addEventListener("keydown", (event) => {
      const keys = {
        ArrowDown: () => show(choice.mark(choice.active() + 1)),
        ArrowUp: () => show(choice.mark(choice.active() - 1)),
        Enter: insert,
      };
      if (!keys[event.key] || event.isComposing) return;
      event.preventDefault();
      keys[event.key]();
    });
    list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (!item) return;
      show(choice.mark(choice.items().indexOf(item)));
      insert();
    });
    at("macro").querySelector('[value="drop-macro"]').addEventListener("click", (event) => {
      event.preventDefault();
      form.elements.macro.value = "";
      at("macro").hidden = true;
      reply.focus();
    });
  }

  // ---- Mentions: names of colleagues after an @
  function mentions() {
    const box = document.querySelector("[data-names]");
    const note = box?.querySelector("textarea");
    if (!note) return;
    const names = JSON.parse(box.dataset.names);
    const list = make("ul", { class: "mention-list", role: "listbox", id: "mention-list" });
    list.hidden = true;
    note.parentElement.classList.add("mention-box");
    note.after(list);
    note.setAttribute("aria-controls", list.id);
    note.setAttribute("aria-autocomplete", "list");
    const choice = chooser(note, list);
    const begun = () => /(?:^|[^A-Za-z0-9_.-])[@＠]([^\s@＠]*(?: [^\s@＠]+)?)$/.exec(note.value.slice(0, note.selectionStart));
    const shut = () => { list.hidden = true; note.removeAttribute("aria-activedescendant"); };
    const open = () => {
      const found = begun();
      const hits = found ? names.filter((name) => fold(name).split(/\s+/).concat(fold(name)).some((part) => part.startsWith(fold(found[1])))).slice(0, 8) : [];
      if (!hits.length || (hits.length === 1 && hits[0] === found[1])) return shut();
      list.replaceChildren(...hits.map((name, n) => make("li", { role: "option", id: `mention-${n}`, "aria-selected": "false" }, name)));
      list.hidden = false;
      choice.mark(0);
    };
    const take = (item) => {
      const end = note.selectionStart;
      note.setRangeText(`${item.textContent} `, end - begun()[1].length, end, "end");
      shut();
      note.focus();
      note.dispatchEvent(new Event("input", { bubbles: true }));
    };
    note.addEventListener("input", open);
    note.addEventListener("blur", () => setTimeout(shut, 150));
    note.addEventListener("keydown", (event) => {
      const keys = {
        ArrowDown: () => choice.mark(choice.active() + 1),
        ArrowUp: () => choice.mark(choice.active() - 1),
        Enter: () => take(choice.chosen()),
        Tab: () => take(choice.chosen()),
        Escape: shut,
      };
      if (list.hidden || event.isComposing || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    list.addEventListener("mousedown", (event) => {
      const item = event.target.closest("[role=option]");
      if (!item) return;
      event.preventDefault();
      take(item);
    });
  }

  // ---- What is typed stays in this tab until it is sent
  function drafts() {
    all("#reply-box textarea, #note-box textarea").forEach((field) => {
      const key = `draft:${location.pathname}:${field.name}`;
      const kept = sessionStorage.getItem(key);
      if (kept && !field.value) field.value = kept;
      field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
      field.form.addEventListener("submit", () => sessionStorage.removeItem(key));
    });
  }

  // ---- All requests of a page, or of the whole view
  function choosing() {
    const whole = document.querySelector("[data-choose-all]");
    const boxes = all('input[name="ids"]');
    if (!whole || !boxes.length) return;
    const count = document.querySelector("[data-chosen]");
    const scope = document.querySelector('select[name="scope"]');
    const settle = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      whole.checked = ticked === boxes.length;
      whole.indeterminate = ticked > 0 && ticked < boxes.length;
      if (count) count.textContent = ticked ? count.dataset.chosen.replace("0", ticked) : "";
    };
    whole.closest("label").hidden = false;
    whole.addEventListener("change", () => {
      boxes.forEach((box) => { box.checked = whole.checked; });
      settle();
    });
    boxes.forEach((box) => box.addEventListener("change", () => {
      if (scope) scope.value = "ticked";
      settle();
    }));
    settle();
  }

  picker();
  mentions();
  drafts();
  choosing();
})();
