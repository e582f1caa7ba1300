// What the pages do beyond reading: theme, place-keeping language links, copying, progress, search.
// Everything readable works without this file. Nothing leaves the device.
"use strict";
const page = document.body.dataset;
const root = document.documentElement;
const all = (selector) => [...document.querySelectorAll(selector)];
const store = {
  get(key, otherwise) {
    try { return JSON.parse(localStorage.getItem(key)) ?? otherwise; } catch { return otherwise; }
  },
  set(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private window: forget */ }
  },
};
const words = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

try { localStorage.setItem("language", root.lang); } catch { /* the chooser then asks the browser */ }

// Theme: as the device, light, dark.
const themeButton = document.querySelector("[data-theme-button]");
const themes = ["", "light", "dark"];
function showTheme() {
  themeButton.querySelector(".state").textContent = themeButton.dataset[root.dataset.theme || "auto"];
}
themeButton.addEventListener("click", () => {
  root.dataset.theme = themes[(themes.indexOf(root.dataset.theme || "") + 1) % themes.length];
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* for this page only */ }
  showTheme();
});
showTheme();

// Sheets close when a link in them is followed.
all(".sheet[popover]").forEach((sheet) => sheet.addEventListener("click", (event) => {
  if (event.target.closest("a") && sheet.matches(":popover-open")) sheet.hidePopover();
}));

// What is wider than its frame can be scrolled from the keyboard.
function markScrollable() {
  for (const frame of all("pre, .wide, .drawing, .katex-display")) {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  }
}
addEventListener("load", () => setTimeout(markScrollable));
addEventListener("resize", markScrollable);

// Copy buttons, named after their cells; what was done is said as well.
const spoken = document.createElement("p");
spoken.className = "spoken";
spoken.role = "status";
document.querySelector("main").append(spoken);
for (const cell of all(".cell_input")) {
  const button = document.createElement("button");
  button.className = "copy";
  button.type = "button";
  button.textContent = page.copy;
  button.setAttribute("aria-label", `${page.copy}: ${cell.getAttribute("aria-label")}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(cell.querySelector("pre").textContent);
    button.textContent = spoken.textContent = page.copied;
    setTimeout(() => {
      button.textContent = page.copy;
      spoken.textContent = "";
    }, 2000);
  });
  cell.append(button);
}

// Paper shows what is closed on the screen.
addEventListener("beforeprint", () => all("article details:not([open])").forEach((details) => {
  details.open = true;
  details.dataset.closed = "";
}));
addEventListener("afterprint", () => all("[data-closed]").forEach((details) => {
  details.open = false;
  delete details.dataset.closed;
}));

// The section that is being read: shown in the contents, kept by the language links,
// remembered on this device. Section ids are the same in every language.
const headings = all("article h2[id]");
const contentsLinks = new Map(all("#contents a").map((link) => [link.hash.slice(1), link]));
const languageLinks = all("#languages a").map((link) => [link, link.getAttribute("href")]);
const reading = store.get("reading", {});
let current = null;
function see() {
  const line = innerHeight / 3;
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < line);
  const section = passed.at(-1)?.id ?? "";
  const end = innerHeight + scrollY >= document.body.scrollHeight - innerHeight / 2;
  if (section !== current) {
    contentsLinks.get(current)?.removeAttribute("aria-current");
    contentsLinks.get(section)?.setAttribute("aria-current", "true");
    for (const [link, href] of languageLinks) link.href = section ? `${href}#${section}` : href;
    current = section;
  }
  const known = reading[page.slug] ?? {};
  if (headings.length && scrollY > 0 && (known.at !== section || (end && !known.done))) {
    reading[page.slug] = { at: section, done: known.done || end, time: Date.now() };
    store.set("reading", reading);
  }
}

// What was read, in the list of chapters; where to go on.
function offer(text, href) {
  const line = document.createElement("p");
  line.className = "resume";
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  link.addEventListener("click", () => setTimeout(() => line.remove()));
  line.append(link);
  document.querySelector("main").prepend(line);
}
for (const item of all("#chapters li[data-slug]")) {
  const state = reading[item.dataset.slug];
  if (!state) continue;
  const word = document.createElement("span");
  word.className = "progress";
  word.textContent = state.done ? page.read : page.begun;
  item.querySelector("a").append(word);
}
const arrived = performance.getEntriesByType("navigation")[0]?.type;
if (page.slug === "index") {
  const [last] = Object.entries(reading)
    .filter(([slug, state]) => slug !== "index" && !state.done)
    .sort((a, b) => b[1].time - a[1].time);
  const link = last && document.querySelector(`#chapters li[data-slug="${CSS.escape(last[0])}"] a`);
  if (link) {
    const chapter = link.querySelector("span:nth-child(2)").textContent;
    offer(words(page.continueChapter, { chapter }), `${link.getAttribute("href")}#${last[1].at}`);
  }
} else if (!location.hash && arrived === "navigate") {
  const heading = reading[page.slug]?.at && !reading[page.slug].done
    && document.getElementById(reading[page.slug].at);
  if (heading) {
    const section = contentsLinks.get(heading.id)?.textContent ?? "";
    offer(words(page.continue, { section }), `#${heading.id}`);
  }
}
addEventListener("scroll", see, { passive: true });
requestAnimationFrame(see);

// Search: Pagefind, loaded when the dialog is first opened.
let engine = null;
function loadEngine() {
  engine ??= import(new URL("../pagefind/pagefind.js", location.href));
  return engine;
}
async function findPages(query) {
  const pagefind = await loadEngine();
  const ask = async (words) => (await pagefind.search(words)).results;
  const results = await ask(query);
  if (!root.lang.startsWith("zh") || !Intl.Segmenter) return results;
  // The index divides Chinese words of three characters (注意|力), the browser does not: ask both.
  const words = [...new Intl.Segmenter(root.lang, { granularity: "word" }).segment(query)];
  const divided = words.map(({ segment }) => segment.replace(/^(\p{sc=Han}{2})(?=\p{sc=Han})/u, "$1 "));
  const others = [await ask(words.map(({ segment }) => segment).join(" ")), await ask(divided.join(" "))];
  return others.reduce((most, found) => (found.length > most.length ? found : most), results);
}
const dialog = document.getElementById("search");
if (dialog) {
  const input = dialog.querySelector("input");
  const status = dialog.querySelector("[role=status]");
  const list = dialog.querySelector("ol");
  let timer;
  async function open() {
    if (!dialog.open) dialog.showModal();
    input.select();
    try {
      await (await loadEngine()).init();
    } catch {
      engine = null;
      status.textContent = dialog.dataset.failed;
    }
  }
  function entry(result) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = result.url;
    link.textContent = result.title ?? result.meta.title;
    link.addEventListener("click", () => dialog.close());
    const excerpt = document.createElement("p");
    excerpt.innerHTML = result.excerpt; // Pagefind escapes the page's text and adds <mark>
    item.append(link, excerpt);
    return item;
  }
  async function search() {
    const query = input.value.trim();
    const pages = query ? await findPages(query) : [];
    const results = await Promise.all(pages.slice(0, 8).map((page) => page.data()));
    if (query !== input.value.trim()) return; // a later keystroke took over
    list.replaceChildren(...results.map((result) => {
      const item = entry(result);
      const parts = result.sub_results.filter((part) => part.url !== result.url).slice(0, 3);
      if (parts.length) {
        const inner = document.createElement("ol");
        inner.append(...parts.map(entry));
        item.append(inner);
      }
      return item;
    }));
    const text = pages.length ? dialog.dataset.found : dialog.dataset.none;
    status.textContent = query ? words(text, { query, count: pages.length }) : "";
  }
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    if (event.submitter?.value === "close" && document.activeElement !== input) return;
    event.preventDefault(); // Enter in the field: go to the first result
    list.querySelector("a")?.click();
  });
  document.querySelector("[data-search]").addEventListener("click", open);
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if ((event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      open();
    }
  });
}
