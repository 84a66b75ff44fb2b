// What script adds to pages that are finished without it: counts while ticking, a field to find a value, copying.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // an input method that composes takes Enter for itself
  all("input[type=search]").forEach((box) => box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  }));

  // Escape closes what was opened, and leaves the focus on what opened it
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && !event.isComposing && event.target.closest && event.target.closest("details[open]");
    const handle = open && one("summary", open);
    if (!handle || !handle.offsetParent) return;
    open.open = false;
    handle.focus();
  });

  all("button[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy).then(() => {
      button.textContent = button.dataset.done;
    }));
  });

  const form = one("#conditions");
  if (!form || !window.fetch || !window.DOMParser) return;

  all("[data-searchable]", form).forEach((list) => {
    const group = list.closest("fieldset");
    const box = document.createElement("input");
    box.type = "text";
    box.setAttribute("aria-label", form.dataset.find);
    box.placeholder = form.dataset.find;
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    box.addEventListener("input", () => {
      const wanted = box.value.trim().toLowerCase();
      all("details:not(.what)", group).forEach((more) => { more.open = Boolean(wanted) || more.open; });
      all(".ticks label", group).forEach((row) => {
        row.hidden = Boolean(wanted) && !row.textContent.toLowerCase().includes(wanted) && !one("input:checked", row);
      });
    });
    list.before(box);
  });

  // ticking refreshes rows and counts in place; the facets themselves stay where they are, and so does the focus
  let asked = 0;
  const address = () => {
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
    return form.action.split("?")[0] + "?" + new URLSearchParams(pairs);
  };
  const key = (input) => input.name + "\n" + input.value;

  const refresh = async () => {
    const turn = ++asked;
    const target = address();
    let answer;
    try {
      answer = await fetch(target, { headers: { Accept: "text/html" } });
    } catch {
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== asked) return;
    const fresh = one("#conditions", page);
    if (!fresh || !answer.ok) { location.assign(answer.url); return; }
    for (const id of ["head", "found"]) one("#" + id).replaceChildren(...one("#" + id, page).childNodes);
    one("#found").dataset.total = one("#found", page).dataset.total;
    const counts = new Map(all("input[type=checkbox]", fresh).map((input) => [key(input), one("b", input.parentNode).textContent]));
    all("input[type=checkbox]", form).forEach((input) => {
      // A value that is not among those shown any more may still have hits where the fresh facet leaves some out.
      const cut = one("button[name=all]", one("#facet-" + input.name, fresh) || form);
      one("b", input.parentNode).textContent = counts.get(key(input)) || (cut ? "" : "0");
    });
    one("summary", one(".facets", form)).textContent = one(".facets > summary", fresh).textContent;
    const heading = one("#head h1").textContent.trim();
    const total = one("#found", form).dataset.total;
    one(".apply .button", form).textContent = form.dataset.apply.replace("{n}", total);
    one("[role=status]", form).textContent = heading;
    // what else on the page says the search: the box, the tabs, the ways to the other language and look
    all("#search input[type=hidden]").forEach((input) => input.remove());
    one("#search").append(...all("#search input[type=hidden]", page));
    for (const part of [".tabs", ".tools a", ".themes [name=next]", "link[rel=alternate][type]"]) {
      if (one(part)) one(part).replaceWith(one(part, page));
    }
    history.replaceState(null, "", answer.url);
  };

  form.addEventListener("change", (event) => { if (event.target.closest(".facet")) refresh(); });
})();
