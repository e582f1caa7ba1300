// The attention explorer: a table of attention weights whose every number can be traced back.
// The page computes in double precision, term after term, as explorer.py does; until a control
// is moved, numbers that torch's float32 prints differently are taken from data-torch.
(() => {
  const NAME = "attention-explorer";
  if (customElements.get(NAME)) return;

  const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);
  const each = (matrix, change) => matrix.map((row, i) => row.map((x, j) => change(x, i, j)));
  const signed = (number) => (number[0] === "-" ? `(${number})` : number);
  // A long list shows its first terms; the sum after it is that of all.
  const few = (terms, mark = " + ") =>
    (terms.length > 8 ? [...terms.slice(0, 4), "…"] : terms).join(mark);

  // Rounds half to even, as Python and torch print: toFixed alone makes 0.03125 0.0313.
  const fixed = (x, digits) => {
    x += 0; // -0 becomes 0
    if (Math.abs(x) >= 1e7) return x.toExponential(digits);
    const long = x.toFixed(digits + 30);
    const cut = long.slice(0, -30);
    return /[02468]$/.test(cut) && long.endsWith("5" + "0".repeat(29)) ? cut : x.toFixed(digits);
  };
  // The decimals that show each of these float32 numbers in full, `digits` at most.
  const places = (numbers, digits) => {
    let count = 1;
    while (count < digits && numbers.some((x) => Math.fround(x.toFixed(count)) !== x)) count++;
    return count;
  };

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const label = (words) => words.split(/(?<=√d)_(?=k)|(?<=√d_k)/)
    .map((part, n) => (n === 1 ? make("sub", {}, part) : part));

  const explore = (host) => {
    const data = host.dataset;
    const table = host.querySelector("table");
    const words = JSON.parse(data.words);
    const stored = JSON.parse(data.torch || "{}");
    const hide = JSON.parse(data.hide || "[]");
    const matrices = (text, other) => {
      if (!text) return other;
      const found = JSON.parse(text, (_, x) => (x.map ? x : Math.fround(x)));
      return found[0][0].map ? found : [found];
    };
    const given = matrices(data.weights);
    const queries = matrices(data.queries);
    const keys = matrices(data.keys, queries);
    const values = matrices(data.values, data.plain && queries);
    const digits = +data.digits;
    const factors = queries && places([queries, keys].flat(4), digits);
    const shown = values && places(values.flat(2), digits);
    const rows = [...table.tBodies[0].rows];
    const heading = table.tHead.rows[0].cells;
    const rowTokens = rows.map((row) => row.cells[0].textContent);
    const keyTokens = [...heading].slice(1).map((cell) => cell.textContent);
    const begin = { temperature: +data.temperature, scale: !!data.scale, causal: !!data.causal };
    const now = { ...begin, head: 0 };
    const trace = make("div", { className: "trace", ariaLive: "polite" });
    let chosen, step, moved;

    const number = (x) => fixed(x, digits);
    const print = (name, i, j, x = step[name][i][j]) =>
      (!moved && stored[[name, now.head, i, j]]) || number(x);
    const vector = (numbers) => `(${few(numbers, ", ")})`;

    const compute = () => {
      const { head, causal, temperature } = now;
      if (given) return { weight: given[head] };
      const root = now.scale ? Math.sqrt(queries[0][0].length) : 1;
      const score = queries[head].map((q) => keys[head].map((k) => sum(q.map((x, n) => x * k[n]))));
      const scaled = each(score, (x) => x / root);
      const cooled = each(scaled, (x) => x / temperature);
      const masked = each(cooled, (x, i, j) => ((causal && j > i) || hide[i]?.[j] ? -Infinity : x));
      const most = masked.map((row) => Math.max(...row));
      const weight = masked.map((row, i) => row.map((x) => Math.exp(x - most[i])))
        .map((row) => row.map((x) => x / sum(row)));
      // The trace shows the plain exponential where it prints well, else that of x - max.
      const shift = most.map((max) => (max > -2 && max < 10 ? 0 : max));
      const power = each(masked, (x, i) => Math.exp(x - shift[i]));
      return { score, scaled, cooled, masked, weight, shift, power };
    };

    const update = () => {
      step = compute();
      moved = Object.keys(begin).some((name) => now[name] !== begin[name]);
      const top = Math.max(...step.weight.flat());
      each(step.weight, (x, i, j) => {
        const cell = rows[i].cells[j + 1];
        cell.textContent = print("weight", i, j);
        cell.className = step.masked?.[i][j] === -Infinity ? "masked" : "w" + Math.floor((10 * x) / top + 0.5);
      });
      const note = table.querySelector("caption span");
      if (note) note.textContent = words.head_of[now.head];
      show(chosen);
    };

    // Each step of a calculation: its name, then its lines.
    const part = (i, j) => {
      const value = values[now.head][j];
      const terms = value.map((x) => number(step.weight[i][j] * x));
      return `${print("weight", i, j)} ×\xa0${vector(value.map((x) => fixed(x, shown)))} =\xa0${vector(terms)}`;
    };
    const weightSum = (i) => {
      const row = step.weight[i];
      return [words.weight_sum, few(row.map((_, j) => print("weight", i, j))) + " = " + number(sum(row))];
    };
    const traceRow = (i) => {
      if (!values) return [weightSum(i)];
      const value = values[now.head];
      const steps = keyTokens.map((token, j) => [token, part(i, j)]);
      if (steps.length > 12) steps.splice(8, steps.length, ["…", "…"]);
      const context = value[0].map((_, n) =>
        print("context", i, n, sum(value.map((v, j) => step.weight[i][j] * v[n]))));
      return [...steps, [words.context, "= " + vector(context)]];
    };
    const traceCell = (i, j) => {
      const weight = print("weight", i, j);
      const last = values ? [[words.part, part(i, j)]] : [];
      if (given) return [[words.weight, weight + words.share], weightSum(i), ...last];
      const [q, k] = [queries[now.head][i], keys[now.head][j]];
      const [score, scaled, cooled] = ["score", "scaled", "cooled"].map((name) => print(name, i, j));
      const hidden = step.masked[i][j] === -Infinity;
      const shift = step.shift[i] && number(step.shift[i]);
      const [power, total] = [step.power[i][j], sum(step.power[i])].map(number);
      const steps = [[
        words.dot,
        few(q.map((x, n) => [x, k[n]].map((f) => signed(fixed(f, factors))).join("\xa0×\xa0"))),
        ...(q.length > 1 ? ["= " + few(q.map((x, n) => signed(number(x * k[n]))))] : []),
        "= " + score,
      ]];
      if (now.scale) steps.push([words.scale, `${score} / √${q.length} = ${scaled}`]);
      if (now.temperature !== 1)
        steps.push([words.temperature, `${scaled} / ${now.temperature} = ${cooled}`]);
      if (step.masked[i].includes(-Infinity))
        steps.push([words.mask, hidden ? words.hidden + "-∞" : words.visible + cooled]);
      const inside = (hidden ? "-∞" : cooled) + (shift ? " - " + signed(shift) : "");
      steps.push([words.exp, `exp(${inside}) = ${power}`]);
      if (shift) steps.at(-1).push(shift + words.shifted);
      steps.push([words.sum, few(step.power[i].map(number)) + " = " + total]);
      return [...steps, [words.weight, `${power} / ${total} = ${weight}`], ...last];
    };

    const show = (at) => {
      for (const cell of table.querySelectorAll(".on")) cell.classList.remove("on");
      if (!at) return trace.replaceChildren(make("p", {}, values ? words.hint : words.hint_cell));
      const [i, j] = at;
      const row = [...rows[i].cells];
      const lit = j < 0 ? row : [row[0], row[j + 1], heading[j + 1]];
      for (const cell of lit) cell.classList.add("on");
      const title = [words.query + rowTokens[i], j < 0 ? values && words.context : words.key + keyTokens[j]];
      const steps = (j < 0 ? traceRow(i) : traceCell(i, j)).map(([name, ...lines]) => make("div", {},
        make("dt", {}, ...label(name)),
        make("dd", {}, ...lines.map((line) => make("div", {}, line)))));
      trace.replaceChildren(
        make("p", {}, make("b", {}, title.filter(Boolean).join(words.comma))), make("dl", {}, ...steps));
    };

    // The cells become a grid: one stop for Tab, arrow keys within.
    const place = ({ target }) => {
      const cell = target.closest("tbody td, tbody th");
      return cell && [rows.indexOf(cell.parentNode), cell.cellIndex - 1];
    };
    const choose = (event) => {
      const at = place(event);
      if (!at) return;
      table.querySelector("[tabindex='0']").tabIndex = -1;
      const cell = rows[at[0]].cells[at[1] + 1];
      cell.tabIndex = 0;
      if (event.type === "click") cell.focus();
      show((chosen = at));
    };
    const press = (event) => {
      const at = place(event);
      if (!at || event.altKey || event.metaKey) return;
      const [i, j] = at;
      const [down, right] = [rows.length - 1, keyTokens.length - 1];
      const all = event.ctrlKey;
      const to = {
        ArrowUp: [i - 1, j], ArrowDown: [i + 1, j], ArrowLeft: [i, j - 1], ArrowRight: [i, j + 1],
        Home: [all ? 0 : i, -1], End: [all ? down : i, right], Enter: at, " ": at, Escape: [],
      }[event.key];
      if (!to) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") return show((chosen = null));
      const [row, column] = [Math.min(Math.max(to[0], 0), down), Math.min(Math.max(to[1], -1), right)];
      rows[row].cells[column + 1].focus();
      show((chosen = [row, column]));
    };
    for (const row of rows) for (const cell of row.cells) cell.tabIndex = -1;
    rows[0].cells[1].tabIndex = 0;
    table.parentNode.removeAttribute("tabindex");
    table.setAttribute("role", "grid");
    host.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves us the arrow keys
    table.addEventListener("focusin", choose);
    table.addEventListener("click", choose);
    table.addEventListener("keydown", press);
    table.addEventListener("pointerover", (event) => {
      if (event.pointerType !== "mouse") return;
      show(place(event) || chosen);
      // The page below moves at most once, not at every cell.
      const { style, offsetHeight } = trace;
      style.minHeight = Math.max(parseInt(style.minHeight) || 0, offsetHeight) + "px";
    });
    table.addEventListener("pointerleave", () => show(chosen));

    const change = (name, value) => {
      now[name] = value;
      update();
    };
    const check = (name) => {
      const box = make("input", { type: "checkbox", checked: now[name] });
      box.onchange = () => change(name, box.checked);
      return make("label", {}, box, make("span", {}, ...label(words[name + "_control"])));
    };
    const controls = {
      scale: check,
      causal: check,
      head: () => {
        const list = make("select", {}, ...words.head_of.map((_, n) => new Option(n + 1, n)));
        list.onchange = () => change("head", +list.value);
        return make("label", {}, words.head, list);
      },
      temperature: () => {
        // From 0.1 to 10 in equal ratios, each rounded to what is printed.
        const slider = make("input", { type: "range", min: -20, max: 20 });
        const shows = make("b", { ariaHidden: "true" });
        const tell = () => (shows.textContent = slider.ariaValueText = now.temperature);
        slider.value = Math.round(20 * Math.log10(now.temperature));
        slider.oninput = () => tell(change("temperature", +(10 ** (slider.value / 20)).toFixed(2)));
        tell();
        return make("div", {}, make("label", {}, words.temperature, slider), shows);
      },
    };
    if (data.controls)
      host.prepend(make("div", { className: "controls" }, ...data.controls.split(" ").map((name) => controls[name](name))));
    host.append(trace);
    update();
  };

  customElements.define(NAME, class extends HTMLElement {
    connectedCallback() {
      // While the page is still being parsed, the table is not yet there.
      if (document.readyState === "loading")
        document.addEventListener("DOMContentLoaded", () => this.connectedCallback(), { once: true });
      else if (this.dataset.words && !this.querySelector(".trace")) explore(this);
    }
  });
})();
