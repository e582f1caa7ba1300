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
  return link;
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

// Search: loaded when the dialog is first opened.
const dialog = document.getElementById("search");
if (dialog) {
  const open = async () => {
    dialog.showModal();
    dialog.querySelector("input").select();
    try {
      await (await import(dialog.dataset.script)).open();
    } catch {
      dialog.querySelector("[role=status]").textContent = dialog.dataset.failed;
    }
  };
  document.querySelector("[data-search]").addEventListener("click", open);
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if ((event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      if (!dialog.open) open();
    }
  });
}

// Offline: what was visited is kept on this device, unless the reader switches it off.
const keeping = document.querySelector("[data-offline]");
async function keep() {
  const registration = await navigator.serviceWorker.register(new URL("../service-worker.js", location.href));
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const worker = (await navigator.serviceWorker.ready).active;
  worker.postMessage([location.href.split("#")[0], ...loaded]);
  const announce = (waiting) => {
    const renew = offer(keeping.dataset.renew, location.href);
    renew.addEventListener("click", (event) => {
      event.preventDefault();
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
      waiting.postMessage("renew");
    });
  };
  if (registration.waiting && navigator.serviceWorker.controller) announce(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming.addEventListener("statechange", () => {
      if (coming.state === "installed" && navigator.serviceWorker.controller) announce(coming);
    });
  });
}
async function forget() {
  const registration = await navigator.serviceWorker.getRegistration(location.href);
  if (!registration) return;
  const names = (await caches.keys()).filter((name) => name.startsWith(`book ${registration.scope} `));
  await Promise.all([...names.map((name) => caches.delete(name)), registration.unregister()]);
}
if (keeping && "serviceWorker" in navigator && location.protocol.startsWith("http")) {
  const show = () => {
    const on = store.get("offline", true);
    keeping.hidden = false;
    keeping.setAttribute("aria-pressed", on);
    return on ? keep() : forget();
  };
  keeping.addEventListener("click", () => {
    store.set("offline", !store.get("offline", true));
    show().catch(() => { /* as before */ });
  });
  addEventListener("load", () => setTimeout(() => show().catch(() => { keeping.hidden = true; }), 1000));
}
