// The attention explorer: a table of attention weights whose every number can be traced back.
// The page computes in double precision, term after term, what explorer.py computes;
// until a control is moved, numbers that torch's float32 prints differently come from data-torch.
(() => {
  const NAME = "attention-explorer";
  if (customElements.get(NAME)) return;

  const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);
  const wrapped = (number) => (number[0] === "-" ? `(${number})` : number);
  // Long lists show their first terms: the sum after them is that of all.
  const few = (parts, mark) => (parts.length > 8 ? [...parts.slice(0, 4), "…"] : parts).join(mark);
  const fill = (words, values) => words.replace(/{(\w+)}/g, (_, name) => values[name]);

  // Round half to even as Python and torch do; toFixed alone rounds 0.03125 up.
  const fixed = (x, digits) => {
    x += 0; // -0 becomes 0
    if (Math.abs(x) >= 1e7) return x.toExponential(digits);
    const long = x.toFixed(digits + 30);
    const cut = long.slice(0, -30);
    return /5(0{29})$/.test(long) && /[02468]$/.test(cut) ? cut : x.toFixed(digits);
  };
  // Decimals that show every one of these float32 numbers in full, or `digits` if they are long.
  const decimals = (matrix, digits) => {
    const whole = (places) => matrix.flat(3).every((x) => Math.fround(x.toFixed(places)) === x);
    return [1, 2, 3, 4, 5, 6, 7].find((places) => places >= digits || whole(places)) || digits;
  };

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  customElements.define(NAME, class extends HTMLElement {
    connectedCallback() {
      // While the page is still being parsed, the table is not yet there.
      if (document.readyState !== "loading") this.start();
      else document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    }

    start() {
      const table = this.querySelector("table");
      if (this.trace || !table) return;
      const { digits, controls, words, torch, hide, temperature, scale, causal } = this.dataset;
      const matrix = (name, other) => {
        const text = this.dataset[name];
        if (!text) return other;
        const found = JSON.parse(text, (_, x) => (typeof x === "number" ? Math.fround(x) : x));
        return typeof found[0][0] === "number" ? [found] : found;
      };
      this.digits = +digits;
      this.words = JSON.parse(words);
      this.torch = JSON.parse(torch || "{}");
      this.hide = JSON.parse(hide || "[]");
      this.given = matrix("weights");
      this.queries = matrix("queries");
      this.keys = matrix("keys", this.queries);
      this.values = matrix("values", this.dataset.plain && this.queries);
      this.begin = { temperature: +temperature, scale: !!scale, causal: !!causal, head: 0 };
      this.state = { ...this.begin };
      this.rows = [...table.tBodies[0].rows];
      this.queryTokens = this.rows.map((row) => row.cells[0].textContent);
      this.keyTokens = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
      this.trace = make("div", { className: "trace" });
      this.trace.setAttribute("aria-live", "polite");
      this.prepare(table);
      if (controls) this.prepend(this.panel(controls.split(" ")));
      this.append(this.trace);
      this.update();
    }

    // Cells become a grid: one stop for Tab, arrow keys within.
    prepare(table) {
      table.setAttribute("role", "grid");
      table.parentNode.removeAttribute("tabindex");
      // JupyterLab would take the arrow keys for itself.
      this.setAttribute("data-lm-suppress-shortcuts", "true");
      for (const row of this.rows) for (const cell of row.cells) cell.tabIndex = -1;
      this.rows[0].cells[1].tabIndex = 0;
      const cellOf = (event) => {
        const cell = event.target.closest("tbody td, tbody th");
        return cell && { cell, i: this.rows.indexOf(cell.parentNode), j: cell.cellIndex - 1 };
      };
      const choose = (event) => {
        const at = cellOf(event);
        if (!at) return;
        this.querySelector("[tabindex='0']").tabIndex = -1;
        at.cell.tabIndex = 0;
        this.chosen = at;
        this.show(at);
      };
      table.addEventListener("focusin", choose);
      table.addEventListener("click", (event) => {
        const at = cellOf(event);
        if (at) at.cell.focus();
        choose(event);
      });
      table.addEventListener("mouseover", (event) => this.show(cellOf(event) || this.chosen));
      table.addEventListener("mouseleave", () => this.show(this.chosen));
      table.addEventListener("keydown", (event) => {
        const at = cellOf(event);
        if (at && !event.altKey && !event.metaKey && this.move(event, at)) {
          event.preventDefault();
          event.stopPropagation();
        }
      });
    }

    move({ key, ctrlKey }, { i, j }) {
      const bottom = this.rows.length - 1;
      const right = this.keyTokens.length - 1;
      const target = {
        ArrowUp: [i - 1, j],
        ArrowDown: [i + 1, j],
        ArrowLeft: [i, j - 1],
        ArrowRight: [i, j + 1],
        Home: [ctrlKey ? 0 : i, -1],
        End: [ctrlKey ? bottom : i, right],
      }[key];
      if (key === "Escape") this.show((this.chosen = null));
      else if (key === "Enter" || key === " ") this.show((this.chosen = { i, j }));
      else if (!target) return false;
      else {
        const within = (x, low, high) => Math.max(low, Math.min(high, x));
        this.rows[within(target[0], 0, bottom)].cells[within(target[1], -1, right) + 1].focus();
      }
      return true;
    }

    panel(names) {
      const { words, state } = this;
      const change = (name, value) => {
        state[name] = value;
        this.update();
      };
      const check = (name) => {
        const box = make("input", { type: "checkbox", checked: state[name] });
        box.onchange = () => change(name, box.checked);
        return make("label", {}, box, words[name + "_control"]);
      };
      const build = {
        scale: check,
        causal: check,
        head: () => {
          const list = make("select", {}, ...this.heads().map((_, n) => make("option", { value: n }, n + 1)));
          list.onchange = () => change("head", +list.value);
          return make("label", {}, words.head, list);
        },
        temperature: () => {
          // From 0.1 to 10 in equal ratios, each rounded to what is printed.
          const slider = make("input", { type: "range", min: -20, max: 20 });
          slider.value = Math.round(20 * Math.log10(state.temperature));
          const number = make("b", {});
          number.setAttribute("aria-hidden", "true");
          const print = () => {
            number.textContent = +state.temperature.toFixed(4);
            slider.setAttribute("aria-valuetext", number.textContent);
          };
          slider.oninput = () => {
            change("temperature", +(10 ** (slider.value / 20)).toFixed(2));
            print();
          };
          print();
          return make("span", {}, make("label", {}, words.temperature, slider), number);
        },
      };
      return make("div", { className: "controls" }, ...names.map((name) => build[name](name)));
    }

    heads() {
      return this.given || this.queries;
    }

    compute() {
      const { head, scale, causal, temperature } = this.state;
      if (this.given) {
        this.weights = this.given[head];
        return;
      }
      const queries = this.queries[head];
      const each = (matrix, change) => matrix.map((row, i) => row.map((x, j) => change(x, i, j)));
      const root = scale ? Math.sqrt(queries[0].length) : 1;
      const hidden = (i, j) => (causal && j > i) || (this.hide[i] && this.hide[i][j]);
      this.scores = queries.map((q) => this.keys[head].map((k) => sum(q.map((x, n) => x * k[n]))));
      this.scaled = each(this.scores, (x) => x / root);
      this.cooled = each(this.scaled, (x) => x / temperature);
      this.masked = each(this.cooled, (x, i, j) => (hidden(i, j) ? -Infinity : x));
      this.most = this.masked.map((row) => Math.max(...row));
      const powers = each(this.masked, (x, i) => Math.exp(x - this.most[i]));
      this.weights = powers.map((row) => row.map((x) => x / sum(row)));
      // The trace shows the plain exponential where it prints well, else that of x - max.
      this.shift = this.most.map((max) => (max > -2 && max < 10 ? 0 : max));
      this.powers = each(this.masked, (x, i) => Math.exp(x - this.shift[i]));
    }

    update() {
      this.compute();
      const { state, begin, weights } = this;
      const same = (name) => state[name] === begin[name];
      this.untouched = same("temperature") && same("scale") && same("causal");
      const top = Math.max(...weights.flat());
      weights.forEach((row, i) => row.forEach((x, j) => {
        const cell = this.rows[i].cells[j + 1];
        cell.textContent = this.print(x, "weight", i, j);
        const masked = this.masked && this.masked[i][j] === -Infinity;
        cell.className = masked ? "masked" : "w" + Math.floor((10 * x) / top + 0.5);
      }));
      const note = this.querySelector("caption span");
      const heads = this.heads().length;
      if (note) note.textContent = fill(this.words.head_of, { head: state.head + 1, heads });
      this.show(this.chosen);
    }

    print(x, name, i, j) {
      const key = [name, this.state.head, i, j].join();
      return (this.untouched && this.torch[key]) || fixed(x, this.digits);
    }

    show(at) {
      for (const old of this.querySelectorAll(".on")) old.classList.remove("on");
      if (!at) return this.trace.replaceChildren(make("p", {}, this.words[this.values ? "hint" : "hint_cell"]));
      const { i, j } = at;
      const row = this.rows[i].cells;
      for (const cell of j < 0 ? row : [row[0], row[j + 1]]) cell.classList.add("on");
      if (j >= 0) this.querySelector("thead").rows[0].cells[j + 1].classList.add("on");
      const names = { query: this.queryTokens[i], key: this.keyTokens[j] };
      const title = this.words[j >= 0 ? "cell_title" : this.values ? "row_title" : "row_only"];
      const steps = (j < 0 ? this.traceRow(i) : this.traceCell(i, j)).map(([label, ...lines]) =>
        make("div", {}, make("dt", {}, label), make("dd", {}, ...lines.map((line) => make("div", {}, line)))));
      this.trace.replaceChildren(make("p", {}, make("b", {}, fill(title, names))), make("dl", {}, ...steps));
      // Let the page below move once, not at every cell.
      const { style, offsetHeight } = this.trace;
      if (offsetHeight > parseFloat(style.minHeight || 0)) style.minHeight = offsetHeight + "px";
    }

    // Each step: its name, then its lines.
    traceCell(i, j) {
      const { words, state } = this;
      const number = (x) => fixed(x, this.digits);
      const weight = this.print(this.weights[i][j], "weight", i, j);
      const steps = [];
      if (this.given) {
        const names = { query: this.queryTokens[i], key: this.keyTokens[j], weight };
        steps.push([words.weight, fill(words.share, names)], this.weightSum(i));
      } else {
        const q = this.queries[state.head][i];
        const k = this.keys[state.head][j];
        const places = decimals([this.queries, this.keys], this.digits);
        const factor = (x) => wrapped(fixed(x, places));
        const score = this.print(this.scores[i][j], "score", i, j);
        const scaled = this.print(this.scaled[i][j], "scaled", i, j);
        const cooled = this.print(this.cooled[i][j], "cooled", i, j);
        const hidden = this.masked[i][j] === -Infinity;
        const dot = [few(q.map((x, n) => `${factor(x)}\u00a0×\u00a0${factor(k[n])}`), " + ")];
        if (q.length > 1) dot.push("= " + few(q.map((x, n) => wrapped(number(x * k[n]))), " + "));
        steps.push([words.dot, ...dot, "= " + score]);
        if (state.scale) steps.push([words.scale, `${score} / √${q.length} = ${scaled}`]);
        if (state.temperature !== 1 || this.dataset.controls?.includes("temperature"))
          steps.push([words.temperature, `${scaled} / ${+state.temperature.toFixed(4)} = ${cooled}`]);
        if (this.masked[i].includes(-Infinity))
          steps.push([words.mask, hidden ? words.hidden + " -∞" : words.visible + " " + cooled]);
        const shift = this.shift[i];
        const power = number(this.powers[i][j]);
        const inside = hidden ? "-∞" : cooled;
        steps.push([words.exp, `exp(${inside}${shift ? " - " + wrapped(number(shift)) : ""}) = ${power}`]);
        if (shift) steps[steps.length - 1].push(fill(words.shifted, { max: number(shift) }));
        const total = number(sum(this.powers[i]));
        steps.push([words.sum, few(this.powers[i].map(number), " + ") + " = " + total]);
        steps.push([words.weight, `${power} / ${total} = ${weight}`]);
      }
      if (this.values) steps.push([words.part, this.part(i, j)]);
      return steps;
    }

    weightSum(i) {
      const row = this.weights[i];
      const terms = row.map((x, j) => this.print(x, "weight", i, j));
      return [this.words.weight_sum, `${few(terms, " + ")} = ${fixed(sum(row), this.digits)}`];
    }

    vector(numbers, places) {
      return `(${few(numbers.map((x) => fixed(x, places)), ", ")})`;
    }

    part(i, j) {
      const value = this.values[this.state.head][j];
      const weight = this.weights[i][j];
      const shown = this.vector(value, decimals(this.values, this.digits));
      const product = this.vector(value.map((x) => weight * x), this.digits);
      return `${this.print(weight, "weight", i, j)}\u00a0×\u00a0${shown} = ${product}`;
    }

    traceRow(i) {
      if (!this.values) return [this.weightSum(i)];
      const values = this.values[this.state.head];
      const steps = this.keyTokens.map((token, j) => [token, this.part(i, j)]);
      if (steps.length > 12) steps.splice(8, steps.length - 8, ["…", "…"]);
      const context = values[0].map((_, n) =>
        this.print(sum(values.map((value, j) => this.weights[i][j] * value[n])), "context", i, n));
      return [...steps, [this.words.context, `= (${few(context, ", ")})`]];
    }
  });
})();
