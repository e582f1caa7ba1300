// Answers given in the page: what helpers/check does in Python, for numbers, lists and words.
// tools/site/answers.py hands over what is right, what is wrong, and the words; a test compares
// both on every answer in tests/answers. Nothing leaves the device.
"use strict";
{
  const CLOSE = [1e-3, 1e-5]; // relative, absolute: two numbers count as one
  const PRINTED = [0, 6e-5]; // a number copied from an output has four decimals
  const page = JSON.parse(document.currentScript.dataset.words);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);

  function unveiled(data) {
    const veil = "attention";
    const bytes = Uint8Array.from(atob(data), (c, i) => c.charCodeAt(0) ^ veil.charCodeAt(i % veil.length));
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  // Reading what was typed.
  function typed(said) {
    said = said.normalize("NFKC").replaceAll("、", ",").replaceAll("−", "-").trim();
    const inside = said.match(/^(?:tensor|array)\((.*?)(?:,\s*[a-z_]+=[^\])]*)?\)$/s);
    return inside ? inside[1].trim() : said;
  }
  const QUOTES = "\\s\"'`‘’“”「」";
  const unquoted = (said) => said.replace(RegExp(`^[${QUOTES}]+|[${QUOTES}]+$`, "g"), "");
  const word = (said) => typed(said).replace(RegExp(`^[${QUOTES}.]+|[${QUOTES}.]+$`, "g"), "").toLowerCase();
  const unframed = (said) => said.replace(/^[[\]()]+|[[\]()]+$/g, "");

  function number(said, names) {
    if (word(said) in names) return names[word(said)];
    const found = unquoted(said).match(/^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:\s*\/\s*(\d+))?$/i);
    if (!found || Number(found[2]) === 0) return null;
    return Number(found[1]) / (found[2] ? Number(found[2]) : 1);
  }

  // An array is { shape, numbers }; null where there are no numbers, or rows of unequal length.
  function array(said, names) {
    said = unquoted(typed(said));
    const one = number(said, names);
    if (one !== null) return { shape: [], numbers: [one] };
    if (/^\d+(,\d{3})+$/.test(said)) return { shape: [], numbers: [Number(said.replaceAll(",", ""))] };
    if (!framed(said)) said = said.includes(",") ? `[${said}]` : "";
    const pieces = (said.match(/[[\](),]|[^[\](),]+/g) ?? []).filter((piece) => piece.trim());
    let at = 0;
    function item() {
      const piece = pieces[at++] ?? "";
      if (piece !== "[" && piece !== "(") {
        const found = number(piece, names);
        return found === null ? null : { shape: [], numbers: [found] };
      }
      const parts = [];
      while (pieces[at] !== "]" && pieces[at] !== ")") {
        parts.push(item());
        if (pieces[at] !== ",") break;
        at++;
      }
      at++;
      return stacked(parts);
    }
    const found = item();
    return at >= pieces.length ? found : null;
  }
  // Whether the first bracket closes at the very end.
  function framed(said) {
    let depth = 0;
    for (let i = 0; i < said.length; i++) {
      if ("[(".includes(said[i])) depth++;
      if ("])".includes(said[i]) && --depth === 0) return i === said.length - 1;
    }
    return false;
  }
  function stacked(parts) {
    const [first] = parts;
    if (!first || parts.some((part) => part === null || `${part.shape}` !== `${first.shape}`)) return null;
    return { shape: [parts.length, ...first.shape], numbers: parts.flatMap((part) => part.numbers) };
  }

  // Comparing, as helpers/check/answers.py and differences.py do.
  const near = (given, right, [relative, absolute]) => Math.abs(given - right) <= absolute + relative * Math.abs(right);
  const all = (given, right, tolerance) => given.every((one, i) => near(one, right[i], tolerance));
  const equal = (given, right, tolerance) =>
    `${given.shape}` === `${right.shape}` && all(given.numbers, right.numbers, tolerance);
  function fit(given, right) {
    const sizes = ({ shape }) => `${shape.filter((size) => size !== 1)}`;
    return sizes(given) === sizes(right) ? { shape: right.shape, numbers: given.numbers } : given;
  }
  function transposed({ shape: [rows, columns], numbers }) {
    return { shape: [columns, rows], numbers: numbers.map((_, i) => numbers[(i % rows) * columns + Math.floor(i / rows)]) };
  }
  const shapeOf = ({ shape }) => (shape.length === 1 ? `(${shape},)` : `(${shape.join(", ")})`);

  function numberWords(value) {
    if (value === Math.round(value) && Math.abs(value) < 1e15) return value.toFixed(0);
    if (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6) {
      const [, start, last, rest] = value.toFixed(20).match(/^(.*)(\d)(\d{16})$/);
      return rest === "5000000000000000" && last % 2 === 0 ? start + last : value.toFixed(4); // a tie
    }
    return value.toExponential(3).replace(/e([+-])(\d)$/, "e$10$2");
  }

  function difference(given, right) {
    const [g, r] = [given.numbers, right.numbers];
    const shapes = { expected: shapeOf(right), actual: shapeOf(given) };
    if (`${given.shape}` !== `${right.shape}`) {
      if (given.shape.length === 2 && equal(transposed(given), right, CLOSE)) return ["transposed"];
      if (right.shape.length < 2) return ["count", { expected: r.length, actual: g.length }];
      return ["shape", shapes];
    }
    if (rounded(g, r)) return ["rounded"];
    const largest = (numbers) => Math.max(...numbers.map(Math.abs));
    if (largest(g.map((one, i) => one - r[i])) <= 0.01 * largest(r) || all(g, r, CLOSE)) return ["close"];
    if (equal(transposed(given), right, CLOSE)) return ["transposed"];
    const sorted = (numbers) => numbers.toSorted((a, b) => a - b);
    if (all(sorted(g), sorted(r), CLOSE)) return ["reordered"];
    return scaled(given, right) ?? place(given, right);
  }
  function rounded(given, right) {
    const to = (one, decimals) => Math.round(one * 10 ** decimals) / 10 ** decimals;
    if (right.every((one) => near(one, to(one, 0), CLOSE))) return false;
    return [2, 3].some((decimals) =>
      given.every((one, i) => near(one, to(one, decimals), [0, 1e-6])
        && Math.abs(one - right[i]) <= 0.5001 * 10 ** -decimals && Math.abs(right[i]) >= 0.05));
  }
  function scaled({ shape, numbers: g }, { numbers: r }) {
    if (g.length < 2 || !g.some((one) => one !== 0)) return null;
    const factorOf = (a, b) => sum(a.map((one, i) => one * b[i])) / sum(b.map((one) => one * one));
    const factor = factorOf(g, r);
    if (all(g, r.map((one) => factor * one), CLOSE)) return ["factor", { factor: numberWords(factor) }];
    const shift = sum(g.map((one, i) => one - r[i])) / g.length;
    if (all(g, r.map((one) => one + shift), CLOSE)) return ["shift", { shift: numberWords(shift) }];
    const width = shape.at(-1);
    if (width < 2) return null;
    const rows = (numbers) => Array.from({ length: numbers.length / width }, (_, i) => numbers.slice(i * width, (i + 1) * width));
    const factors = rows(g).map((row, i) => factorOf(row, rows(r)[i]));
    if (!all(g, r.map((one, i) => one * factors[Math.floor(i / width)]), CLOSE)) return null;
    return ["row_factors", { factor: numberWords(factors[0]) }];
  }
  function place({ shape, numbers: g }, { numbers: r }) {
    const right = g.map((one, i) => near(one, r[i], CLOSE));
    let first = right.indexOf(false);
    const [one, other] = [g[first], r[first]];
    if (r.length === 1) return [one > other ? "too_large" : "too_small", { given: numberWords(one) }];
    const index = [];
    for (const size of shape.toReversed()) {
      index.unshift(first % size);
      first = Math.floor(first / size);
    }
    const count = right.filter(Boolean).length;
    return ["numbers", { given: numberWords(one), place: `[${index.join(", ")}]`, count, total: r.length }];
  }

  // The verdict: the key of the exercise's own words, or a key of the engine's and its values.
  function ofValue(said, known) {
    const given = array(said, known.names);
    if (given === null) return ["not_numbers", { actual: `'${said.trim()}'` }];
    if (!given.numbers.every(Number.isFinite)) return ["not_finite"];
    if (known.right.some((right) => equal(fit(given, right), right, [0, known.near]))) return "right";
    for (const [key, answers] of known.wrong) {
      if (answers.some((wrong) => equal(fit(given, wrong), wrong, PRINTED))) return key;
    }
    return difference(fit(given, known.right[0]), known.right[0]);
  }
  function ofChoice(said, known) {
    const several = Array.isArray(known.right);
    const given = several ? unframed(typed(said)).split(",").map(word) : word(said);
    for (const [key, answers] of [["right", [known.right]], ...known.wrong]) {
      for (const answer of answers) {
        if (`${given}` === `${several ? [answer].flat().map(word) : word(answer)}`) return key;
      }
    }
    const choices = known.choices.map((one) => `"${one}"`).join(", ");
    return [several ? "choices" : "choice", { choices, actual: `'${said.trim()}'` }];
  }
  function verdict(said, known) {
    if (!said.trim()) return { key: "any.empty", words: page.ask_empty };
    const found = known.choices ? ofChoice(said, known) : ofValue(said, known);
    const key = typeof found === "string" ? found : `any.${found[0]}`;
    const words = typeof found === "string" ? known.words[found] : fill(page[found[0]], found[1] ?? {});
    return { key, words: fill(key === "right" ? page.yes : page.no, { said: words }) };
  }

  // The field.
  function element(name, values = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }
  function asked(known) {
    if (known.choices) return Array.isArray(known.right) ? page.ask_some_of : page.ask_one_of;
    return [page.ask_number, page.ask_list][known.right[0].shape.length] ?? page.ask_rows;
  }
  for (const place of document.querySelectorAll("[data-answer]")) {
    const known = unveiled(place.dataset.answer);
    const id = `${place.dataset.cell}-asked`;
    const input = element("input", {
      type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "done",
      "aria-describedby": id,
    });
    const several = Array.isArray(known.right) && known.choices;
    const words = (known.choices ?? []).map((one) => {
      const button = element("button", { type: "button", lang: "en" }, one);
      button.addEventListener("click", () => {
        input.value = several && input.value.trim() ? `${input.value.trim().replace(/,$/, "")}, ${one}` : one;
        if (!several) form.requestSubmit();
      });
      return button;
    });
    const said = element("p", { role: "status" });
    const form = element("form", {},
      element("label", {}, page.ask_label, input),
      element("button", { type: "submit" }, page.ask_judge),
      element("p", { class: "asked", id }, asked(known), " ", ...words),
      said);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const found = verdict(input.value, known);
      said.textContent = found.words;
      said.dataset.key = found.key;
      said.className = found.key === "right" ? "right" : "";
    });
    input.addEventListener("input", () => {
      said.textContent = "";
    });
    place.prepend(form);
  }
}
