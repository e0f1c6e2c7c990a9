"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const panel = byId("filters");
  const find = byId("find");
  const boxes = all("input[type=checkbox]", panel);

  const textOf = (row) => {
    const group = row.closest("[data-group]");
    const parts = [...all("[data-name]", group), ...all("[data-find]", row)];
    return parts.map((part) => part.textContent).join("\n").toLowerCase();
  };
  const rows = all("[data-states]").map((row) => ({
    row,
    states: row.dataset.states.split(" "),
    text: textOf(row),
    counted: byId("abilities").contains(row),
  }));
  const total = rows.filter((r) => r.counted).length;

  const apply = () => {
    const states = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const r of rows) {
      const wanted = r.states.some((s) => states.has(s)) ? words.every((word) => r.text.includes(word)) : false;
      r.row.hidden = !wanted;
    }
    for (const group of all("[data-group]")) {
      group.hidden = !group.querySelector("[data-states]:not([hidden])");
    }
    const shown = rows.filter((r) => r.counted).filter((r) => !r.row.hidden).length;
    byId("shown").textContent = `${shown} of ${total} abilities shown`;
  };

  const check = (wanted) => {
    for (const box of boxes) box.checked = wanted(box.value);
    apply();
  };
  for (const box of boxes) box.addEventListener("change", apply);
  find.addEventListener("input", apply);
  byId("not-green").addEventListener("click", () => check((state) => state !== "passed"));
  byId("show-all").addEventListener("click", () => {
    find.value = "";
    check(() => true);
  });

  const unfold = byId("unfold");
  unfold.addEventListener("click", () => {
    const open = unfold.textContent === "Unfold all";
    for (const details of all("main details")) details.open = open;
    unfold.textContent = open ? "Fold all" : "Unfold all";
  });

  // A link to what a filter hides shows it. In a frame without an address of its own, as Deck makes one, a browser
  // would follow the link out of the page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link ? byId(link.getAttribute("href").slice(1)) : null;
    if (!target) return;
    if (target.closest("[hidden]")) {
      find.value = "";
      check(() => true);
    }
    if (location.protocol !== "about:") return;
    event.preventDefault();
    target.scrollIntoView();
    target.focus();
  });

  panel.hidden = false;
  apply();
})();
