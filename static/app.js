// Small comforts on top of pages that work without them.
(() => {
  "use strict";

  const words = document.body.dataset;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, attributes = {}, text = "") => {
    const element = document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.textContent = text;
    return element;
  };
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  // ---- Menus
  function menus() {
    all("[data-toggle]").forEach((button) => {
      const target = document.getElementById(button.dataset.toggle);
      button.addEventListener("click", () => {
        button.setAttribute("aria-expanded", String(target.classList.toggle("is-open")));
      });
    });
    const close = (keep) => all("details.menu[open]").forEach((menu) => {
      if (menu !== keep) menu.open = false;
    });
    document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      const open = document.querySelector("details.menu[open]");
      if (!open) return;
      open.open = false;
      open.querySelector("summary").focus();
    });
  }

  // ---- A select that can be searched by typing; the select itself keeps the value.
  function combobox(select) {
    // The visible box takes over the id, so that labels and the error summary lead to it.
    const id = select.id;
    select.id = id + "-value";
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
    const box = make("div", { class: "combo" });
    const list = make("ul", { id: id + "-list", role: "listbox", class: "combo-list" });
    const input = make("input", {
      id, type: "text", role: "combobox", class: "form-control", autocomplete: "off",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    });
    ["aria-describedby", "aria-invalid"].forEach((name) => {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    });
    if (select.classList.contains("is-invalid")) input.classList.add("is-invalid");
    if (label) {
      label.id = label.id || id + "-label";
      list.setAttribute("aria-labelledby", label.id);
    }
    const choices = [...select.options].filter((option) => option.value).map((option) => ({
      value: option.value,
      text: option.text.trim(),
      key: fold([option.text, option.dataset.terms || "", option.parentElement.label || ""].join(" ")),
    }));
    const blank = [...select.options].find((option) => !option.value);
    if (blank) input.placeholder = blank.text.trim();
    const shown = () => (select.value ? select.selectedOptions[0].text.trim() : "");
    let active = -1;

    const mark = (index) => {
      const items = all("[role=option]", list);
      active = items.length ? (index + items.length) % items.length : -1;
      items.forEach((item, n) => item.setAttribute("aria-selected", String(n === active)));
      if (active < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", items[active].id);
      items[active].scrollIntoView({ block: "nearest" });
    };
    const shut = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const open = (query) => {
      const parts = fold(query).split(/\s+/).filter(Boolean);
      const hits = choices.filter((c) => parts.every((part) => c.key.includes(part))).slice(0, 60);
      list.replaceChildren(...hits.map((c, n) => {
        const item = make("li", { id: `${id}-${n}`, role: "option", "aria-selected": "false" }, c.text);
        item.dataset.value = c.value;
        return item;
      }));
      if (!hits.length) list.append(make("li", { class: "combo-none", role: "option", "aria-disabled": "true", "aria-selected": "false", id: id + "-none" }, words.none));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      active = -1;
      if (parts.length && hits.length) mark(0);
    };
    const pick = (item) => {
      if (!item || item.dataset.value === undefined) return;
      select.value = item.dataset.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      input.value = shown();
      shut();
    };
    const settle = () => {
      if (!input.value.trim() && select.value) {
        select.value = "";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      }
      input.value = shown();
      shut();
    };
    const keys = {
      ArrowDown: () => (list.hidden ? open("") : mark(active + 1)),
      ArrowUp: () => (list.hidden ? open("") : mark(active - 1)),
      Enter: () => !list.hidden && pick(all("[role=option]", list)[active]),
      Escape: settle,
    };
    input.addEventListener("input", () => open(input.value));
    input.addEventListener("click", () => list.hidden && open(""));
    input.addEventListener("blur", settle);
    input.addEventListener("keydown", (event) => {
      if (!keys[event.key] || (event.key === "Enter" && list.hidden) || event.isComposing) return;
      event.preventDefault();
      keys[event.key]();
    });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      pick(event.target.closest("[role=option]"));
    });
    input.value = shown();
    list.hidden = true;
    select.hidden = true;
    box.append(input, list);
    select.after(box);
  }

  // ---- Long lists of tick boxes get a filter
  function checkFilter(group) {
    const input = make("input", {
      type: "search", class: "form-control checks-filter",
      placeholder: group.dataset.checkFilter, "aria-label": group.dataset.checkFilter,
    });
    input.addEventListener("input", () => {
      const query = fold(input.value.trim());
      all(".form-check", group).forEach((row) => {
        row.hidden = !fold(row.textContent).includes(query) && !row.querySelector("input").checked;
      });
    });
    input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    group.before(input);
  }

  // ---- Rows of a repeatable fieldset
  function rows(fieldset) {
    const list = fieldset.querySelector("[data-row-list]");
    const name = fieldset.dataset.rows;
    const add = fieldset.querySelector("button[name=add-row]");
    const first = list.querySelector("[data-row]");
    if (!first) return;
    const model = first.cloneNode(true);
    const pattern = new RegExp("(^|\\s|#)" + name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "-\\d+");
    let next = Math.max(...all("[data-row]", list).map((row) => Number(row.id.match(/(\d+)$/)[1]))) + 1;

    const blank = () => {
      const row = model.cloneNode(true);
      all(".field-error, .combo", row).forEach((element) => element.remove());
      all(".is-invalid, .is-wrong", row).forEach((element) => element.classList.remove("is-invalid", "is-wrong"));
      [row, ...all("*", row)].forEach((element) => {
        element.removeAttribute("aria-invalid");
        ["id", "name", "for", "aria-describedby", "aria-labelledby", "value"].forEach((key) => {
          const old = element.getAttribute(key);
          if (old && (key !== "value" || element.name === "remove-row")) {
            element.setAttribute(key, old.replace(pattern, `$1${name}-${next}`));
          }
        });
        if (element.matches("input[type=checkbox], input[type=radio]")) element.checked = element.defaultChecked = false;
        else if (element.matches("input:not([type=hidden])")) element.setAttribute("value", "");
        else if (element.matches("textarea")) element.textContent = "";
        else if (element.matches("select")) {
          element.hidden = false;
          all("option", element).forEach((option) => option.removeAttribute("selected"));
        }
      });
      next += 1;
      return row;
    };
    add.addEventListener("click", (event) => {
      event.preventDefault();
      if (all("[data-row]", list).length >= Number(fieldset.dataset.max)) return;
      const row = blank();
      list.append(row);
      all("select[data-typeahead]", row).forEach(combobox);
      row.querySelector("input:not([type=hidden]), select, textarea").focus();
    });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=remove-row]");
      if (!button) return;
      event.preventDefault();
      button.closest("[data-row]").remove();
      fieldset.dispatchEvent(new Event("input", { bubbles: true }));
      add.focus();
    });
  }

  // ---- Leaving a page with unsaved changes
  function guard() {
    let changed = false;
    all("form[data-guard]").forEach((form) => {
      form.addEventListener("input", () => { changed = true; });
      form.addEventListener("submit", () => { changed = false; });
    });
    window.addEventListener("beforeunload", (event) => changed && event.preventDefault());
  }

  // ---- Copying a link or a code: a button with data-copy, or any text that gets its own button
  function copy(element) {
    const isButton = element.matches("button");
    const button = isButton ? element : make("button", { type: "button", class: "btn btn-sm" }, words.copyText);
    if (!isButton) element.after(button);
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(isButton ? button.dataset.copy || location.href : element.textContent.trim());
      const status = make("span", { role: "status", class: "copied" }, words.copied);
      button.after(status);
      setTimeout(() => status.remove(), 3000);
    });
  }

  // ---- What lies open beside the list on a wide screen stands in its way on a narrow one
  function collapse(box) {
    const wide = matchMedia("(min-width: 62rem)");
    const fit = () => { box.open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();
  }

  // ---- A table that scrolls sideways can be scrolled with the keyboard, too
  function scrollers() {
    all(".table-wrap").forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    });
  }

  menus();
  guard();
  scrollers();
  all("[data-collapse-narrow]").forEach(collapse);
  all("[data-rows]").forEach(rows);
  all("select[data-typeahead]:not([multiple])").forEach(combobox);
  all("[data-check-filter]").forEach(checkFilter);
  all("[data-copy]").forEach(copy);
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const target = document.getElementById(event.target.closest("a")?.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      (target.closest(".field") || target).scrollIntoView();
      target.focus({ preventScroll: true });
    });
  }
})();

// A page that shows the progress of a job looks again while nobody is writing in it.
for (const waiting of document.querySelectorAll("[data-refresh]")) {
  setInterval(() => {
    if (!document.activeElement?.matches("input, textarea, select")) location.reload();
  }, 1000 * Number(waiting.dataset.refresh));
}
