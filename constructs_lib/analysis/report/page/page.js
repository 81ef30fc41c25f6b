"use strict";
(() => {
  const table = document.getElementById("matrix");
  const search = document.getElementById("search");
  const onlyWide = document.getElementById("only-wide");
  const showActions = document.getElementById("show-actions");
  const shown = document.getElementById("shown");
  const subjects = [...document.querySelectorAll("[data-column]")];
  const rows = [...table.querySelectorAll("tr[data-text]")];
  const dialog = document.getElementById("behind");

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hidden = new Set(subjects.filter((box) => !box.checked).map((box) => box.dataset.column));
    table.querySelectorAll("[data-subject]").forEach((cell) => { cell.hidden = hidden.has(cell.dataset.subject); });
    let count = 0;
    for (const row of rows) {
      const cells = [...row.querySelectorAll("td")].filter((cell) => !cell.hidden);
      const text = row.dataset.text + " " + cells.map((cell) => cell.textContent).join(" ").toLowerCase();
      const wide = cells.some((cell) => cell.querySelector(".verb.wide"));
      row.hidden = !words.every((word) => text.includes(word)) || (onlyWide.checked && !wide);
      count += row.hidden ? 0 : 1;
    }
    for (const body of table.tBodies) {
      body.hidden = ![...body.querySelectorAll("tr[data-text]")].some((row) => !row.hidden);
      body.querySelectorAll("th[scope=rowgroup]").forEach((head) => { head.colSpan = 1 + subjects.length - hidden.size; });
    }
    shown.textContent = count === rows.length ? "" : `${count} of ${rows.length} rows`;
    table.classList.toggle("show-actions", showActions.checked);
  };

  const open = (link) => {
    const body = document.getElementById("behind-body");
    document.getElementById("behind-title").textContent = link.dataset.title;
    body.replaceChildren();
    const list = document.createElement("ul");
    for (const line of JSON.parse(link.dataset.lines)) {
      const item = document.createElement("li");
      item.textContent = line;
      list.append(item);
    }
    body.append(list);
    for (const id of link.dataset.sources.split(" ").filter(Boolean)) {
      const copy = document.getElementById(id).cloneNode(true);
      copy.removeAttribute("id");
      body.append(copy);
    }
    dialog.showModal();
  };

  document.querySelector(".tools").addEventListener("input", filter);
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
  table.querySelectorAll("a[data-sources]").forEach((link) => { link.setAttribute("aria-haspopup", "dialog"); });
  table.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sources]");
    if (link) { event.preventDefault(); open(link); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) { dialog.close(); } });

  const svg = document.querySelector(".drawing svg");
  if (svg) {
    svg.querySelectorAll("g.subject").forEach((box) => {
      const light = (on) => {
        svg.classList.toggle("focused", on);
        svg.querySelectorAll(".edges path").forEach((path) => {
          path.classList.toggle("lit", on && path.dataset.subject === box.dataset.subject);
        });
      };
      box.addEventListener("mouseenter", () => light(true));
      box.addEventListener("mouseleave", () => light(false));
    });
  }
  filter();
})();
