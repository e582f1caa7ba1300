// The search: Pagefind ranks the pages; the book's own text mends a letter, finds what stands
// inside a longer word, and tells which section of a page is meant. Loaded when first opened.
const root = document.documentElement;
const dialog = document.getElementById("search");
const input = dialog.querySelector("input");
const status = dialog.querySelector("[role=status]");
const list = dialog.querySelector("ol");
const words = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const plain = (text) => text.toLowerCase().normalize("NFKC");
const undivided = /^(ja|zh)/.test(root.lang); // written without spaces

let engine = null;
let book = null;
export async function load() {
  engine ??= import(new URL("../pagefind/pagefind.js", import.meta.url));
  book ??= fetch(new URL(`../search/${root.lang.slice(0, 2)}.json`, import.meta.url))
    .then((answer) => answer.json()).then(readBook);
  try {
    return await Promise.all([engine, book]);
  } catch (error) {
    engine = book = null;
    throw error;
  }
}

// pages: [{ slug, title, sections: [[id, heading, text], …] }]; terms: what headings say.
function readBook(pages) {
  const sections = pages.flatMap((page) => page.sections.map(([id, heading, text]) => ({
    page, id, heading, text, words: plain(`${heading}\n${text}`),
  })));
  const counts = new Map();
  for (const section of sections) {
    for (const [word] of section.words.matchAll(/[\p{L}_][\p{L}\p{M}\p{N}_]*/gu)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const terms = new Set(pages.filter((page) => page.slug === "glossary")
    .flatMap((page) => page.sections.map(([, heading]) => plain(heading)))
    .flatMap((term) => [term, ...term.split(/[\s-]+/)]));
  const at = new Map(sections.map((section) => [`${section.page.slug}#${section.id}`, section]));
  return { sections, at, counts, terms };
}

// One letter away: exchanged, missing, too many, or two that changed places.
function near(a, b) {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (x.length <= 1 && y.length <= 1) || (x.length === 2 && x[0] === y[1] && x[1] === y[0]);
}

// A word that the book does not have, as the likeliest word of the book that is one letter away.
function mended(word, { counts, terms }) {
  const letters = [...word].length;
  const wide = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]/u.test(word);
  if (letters < (wide ? 2 : 4)) return word;
  const found = new Map();
  const offer = (candidate, count) => {
    if (near(word, candidate)) found.set(candidate, (found.get(candidate) ?? 0) + count);
  };
  for (const [other, count] of counts) {
    if (!wide || !/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]/u.test(other)) {
      if (!wide) {
        if (other === word || (other.startsWith(word) && letters > 2)) return word;
        offer(other, count);
      }
      continue;
    }
    // Korean words carry particles, Japanese and Chinese words their neighbours.
    const last = undivided ? other.length : 1;
    for (let start = 0; start < last; start++) {
      if (other.startsWith(word, start)) return word;
      for (const length of [letters - 1, letters, letters + 1]) {
        if (length > 1 && start + length <= other.length) offer(other.slice(start, start + length), count);
      }
    }
  }
  const likely = ([candidate, count]) => count
    * (terms.has(candidate) ? 1000 : 1)
    * (candidate[0] === word[0] ? 3 : 1)
    * (candidate.length === word.length ? 2 : 1);
  return [...found].sort((a, b) => likely(b) - likely(a))[0]?.[0] ?? word;
}

export async function mend(query) {
  const [, read] = await load();
  return query.replace(/[\p{L}_][\p{L}\p{M}\p{N}_]*/gu, (word) => {
    const better = mended(plain(word), read);
    return better === plain(word) ? word : better;
  });
}

async function ranked(query) {
  const [pagefind] = await load();
  const ask = async (asked) => (await pagefind.search(asked)).results;
  const results = await ask(query);
  if (!root.lang.startsWith("zh") || !Intl.Segmenter) return results;
  // The index divides Chinese words of three characters (注意|力), the browser does not: ask both.
  const parts = [...new Intl.Segmenter(root.lang, { granularity: "word" }).segment(query)];
  const divided = parts.map(({ segment }) => segment.replace(/^(\p{sc=Han}{2})(?=\p{sc=Han})/u, "$1 "));
  const others = [await ask(parts.map(({ segment }) => segment).join(" ")), await ask(divided.join(" "))];
  return others.reduce((most, found) => (found.length > most.length ? found : most), results);
}

const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
function excerpt(text, query) {
  const at = plain(text).indexOf(query);
  if (at < 0) return escaped(text.slice(0, 120));
  const [from, to] = [Math.max(0, at - 60), at + query.length];
  return `${from ? "…" : ""}${escaped(text.slice(from, at))}<mark>${escaped(text.slice(at, to))}</mark>${escaped(text.slice(to, to + 80))}`;
}

// The sections that have the words as they were typed; headings first, then how often.
function literal(query, { sections }) {
  return sections.map((section) => {
    const count = section.words.split(query).length - 1;
    return { ...section, score: count + (plain(section.heading).includes(query) ? 50 : 0) };
  }).filter((section) => section.score).sort((a, b) => b.score - a.score);
}

// Sections as Pagefind's results have them.
const shownAs = (sections, query) => sections.map(({ page, id, heading, text }) => ({
  url: new URL(`../${root.lang.slice(0, 2)}/${page.slug}.html#${id}`, import.meta.url).href,
  title: heading,
  excerpt: excerpt(text, query),
}));
function found(page, sections, query) {
  const url = new URL(`../${root.lang.slice(0, 2)}/${page.slug}.html`, import.meta.url).href;
  const parts = shownAs(sections, query);
  return { data: async () => ({ url, meta: { title: page.title }, excerpt: parts[0].excerpt, sub_results: parts }) };
}

// The index takes a title without spaces (クエリ、キー、バリュー) for one word.
async function titledFirst(results, pages, asked) {
  const titled = (title) => plain(title).includes(asked);
  if (!pages.some((page) => titled(page.title))) return results;
  const titles = await Promise.all(results.map(async (result) => (await result.data()).meta.title));
  const places = results.map((_, place) => place);
  places.sort((a, b) => titled(titles[b]) - titled(titles[a]) || a - b);
  return places.map((place) => results[place]);
}

// The pages for a query, best first, each with data() as Pagefind's results have it.
export async function findPages(typed) {
  const [, read] = await load();
  const query = await mend(typed);
  const results = await ranked(query);
  const asked = plain(query);
  const sections = literal(asked, read);
  if (!undivided || /\s/.test(asked) || !/[^\x00-\x7f]/.test(asked)) return results;
  // A part of a compound: the index does not know it, the text does.
  const pages = [...new Set(sections.map((section) => section.page))];
  if (results.length >= pages.length / 2 && (results.length <= 2 * pages.length || !pages.length)) {
    return titledFirst(results, pages, asked);
  }
  return pages.map((page) => found(page, sections.filter((section) => section.page === page), asked));
}

// A page's sections, best first: the heading says it, the text says it as it was typed, else the
// index's own measure.
function parts(result, query, { at }) {
  const asked = plain(query);
  const said = (part) => at.get(part.url.match(/([^/]+)\.html(#.*)$/)?.slice(1).join(""))?.words ?? "";
  const score = (part) => (asked.split(/\s+/).every((word) => plain(part.title).includes(word)) ? 1e6 : 0)
    + (said(part).includes(asked) ? 1e5 : 0)
    + (part.weighted_locations ?? []).reduce((sum, place) => sum + place.balanced_score, 0);
  return result.sub_results
    .filter((part) => part.url !== result.url && part.title !== result.meta.title)
    .map((part, place) => [part, score(part), place])
    .sort((a, b) => b[1] - a[1] || a[2] - b[2])
    .map(([part]) => part);
}

function entry(result) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = result.url;
  link.textContent = result.title ?? result.meta.title;
  link.addEventListener("click", () => dialog.close());
  const said = document.createElement("p");
  said.innerHTML = result.excerpt; // escaped, with <mark>
  item.append(link, said);
  return item;
}

// What a query brings: its mended form, how many pages, the first of them with their sections.
// Pages and sections that have the words as they were typed come first.
export async function answer(typed) {
  const [, read] = await load();
  const query = await mend(typed);
  const pages = await findPages(typed);
  const results = await Promise.all(pages.slice(0, 8).map((page) => page.data()));
  const asked = plain(query);
  const sections = literal(asked, read);
  const having = new Map(results.map((result) => {
    const slug = result.url.match(/([^/]+)\.html/)?.[1] ?? "index";
    return [result, sections.filter((section) => section.page.slug === slug)];
  }));
  results.sort((a, b) => (having.get(b).length > 0) - (having.get(a).length > 0));
  const shown = results.map((result) => {
    const listed = parts(result, query, read);
    const missing = shownAs(having.get(result), asked).filter((part) => part.title !== result.meta.title);
    const known = new Set(missing.map((part) => new URL(part.url).hash));
    const has = listed.some((part) => known.has(new URL(part.url, location.href).hash));
    return [result, (has ? listed : [...missing, ...listed]).slice(0, 3)];
  });
  const [first, best] = shown[0] ?? [];
  const title = first && plain(first.meta.title) === asked;
  return { query, count: pages.length, shown, best: (title ? first : best?.[0] ?? first)?.url };
}

let best = null; // where Enter leads
async function search() {
  const typed = input.value.trim();
  const { query, count, shown, best: url } = typed ? await answer(typed) : { shown: [] };
  if (typed !== input.value.trim()) return; // a later keystroke took over
  list.replaceChildren(...shown.map(([result, sections]) => {
    const item = entry(result);
    const inner = document.createElement("ol");
    inner.append(...sections.map(entry));
    if (sections.length) item.append(inner);
    return item;
  }));
  best = [...list.querySelectorAll("a")].find((link) => link.getAttribute("href") === url);
  const text = !count ? dialog.dataset.none : query === typed ? dialog.dataset.found : dialog.dataset.mended;
  status.textContent = typed ? words(text, { query: typed, mended: query, count }) : "";
}

export async function open() {
  try {
    await (await load())[0].init();
    if (input.value) await search(); // typed while this was loading
  } catch {
    status.textContent = dialog.dataset.failed;
  }
}

let timer;
let waiting = Promise.resolve();
input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => { waiting = search(); }, 120);
});
dialog.querySelector("form").addEventListener("submit", async (event) => {
  if (event.submitter?.value === "close" && document.activeElement !== input) return;
  event.preventDefault(); // Enter in the field: to the best section
  clearTimeout(timer);
  await (waiting = search());
  best?.click();
});
// Arrows walk from the field through the results and back.
dialog.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.isComposing) return;
  const places = [input, ...list.querySelectorAll("a")];
  const next = places[places.indexOf(document.activeElement) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
