// What the scripts of all widgets share. element.py puts it before a widget's own script and
// both into one function, so that no name is left on the page.

// Numbers. The page computes in double precision from the numbers that it is given.
const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);
const each = (matrix, change) => matrix.map((row, i) => row.map((x, j) => change(x, i, j)));
const clamp = (x, least, most) => Math.min(Math.max(x, least), most);
const softmax = (scores) => {
  const most = Math.max(...scores);
  const powers = scores.map((x) => Math.exp(x - most));
  return powers.map((x) => x / sum(powers));
};
// As torch prints, and as element.py's `number`: 12 decimals are rounded away first, then ties
// go to the even digit (toFixed alone makes 0.03125 0.0313).
const number = (value, digits) => {
  const x = Math.abs(value) < 1e7 ? +value.toFixed(12) + 0 : value; // -0 becomes 0
  if (Math.abs(x) >= 1e7) return x.toExponential(digits).replace(/e(.)(\d)$/, "e$10$2");
  const long = x.toFixed(digits + 30);
  const cut = long.slice(0, -30);
  return /[02468]$/.test(cut) && long.endsWith("5" + "0".repeat(29)) ? cut : x.toFixed(digits);
};
// The decimals that show each of these numbers in full, `digits` at most.
const places = (numbers, digits) => {
  let count = 1;
  while (count < digits && numbers.some((x) => +x.toFixed(count) !== x)) count++;
  return count;
};
// A negative factor or term stands in brackets.
const signed = (shown) => (shown[0] === "-" ? `(${shown})` : shown);
// A long list shows its first terms; the sum after it is that of all.
const few = (terms, mark = " + ") =>
  (terms.length > 8 ? [...terms.slice(0, 4), "…"] : terms).join(mark);

// Elements.
const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.flat());
  return element;
};
const draw = (tag, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat());
  return element;
};
// Words: {names} are filled in; the k of d_k goes down.
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const wording = (words) => words.split(/(?<=d)_(?=k)|(?<=d_k)/)
  .map((part, n) => (n % 2 ? make("sub", {}, part) : part));

// Controls: each returns an element, and calls `change` with what the reader chose.
const checkbox = (words, checked, change) => {
  const box = make("input", { type: "checkbox", checked });
  box.onchange = () => change(box.checked);
  return make("label", {}, box, make("span", {}, wording(words)));
};
const choice = (words, options, change) => {
  const list = make("select", {}, options.map((option, n) => new Option(option, n)));
  list.onchange = () => change(+list.value);
  return make("label", {}, words, list);
};
// A slider over whole numbers; show() returns what is shown, and spoken, as its value.
const slider = (words, min, max, value, change, show) => {
  const range = make("input", { type: "range", min, max });
  const shows = make("b", { ariaHidden: "true" });
  const tell = () => (shows.textContent = range.ariaValueText = show(+range.value));
  range.value = value;
  range.oninput = () => tell(change(+range.value));
  tell();
  return make("div", {}, make("label", {}, make("span", {}, wording(words)), range), shows);
};
const controls = (host, ...list) =>
  list.length && host.prepend(make("div", { className: "controls" }, list));

// What a screen reader says when something was chosen: one short sentence.
const speaker = (host) => {
  const spoken = make("div", { className: "spoken", ariaLive: "polite" });
  host.append(spoken);
  return (sentence) => {
    if (spoken.textContent !== sentence) spoken.textContent = sentence;
  };
};

// Cells that one Tab reaches and arrow keys walk: `cells` is a list of rows of elements; a place
// without one is null, and stands for the next one to its right.
// choose(i, j) follows a click, a tap, the focus or a key; look(i, j) the mouse over a cell, and
// look() its leaving; leave() the key Escape. Returns what moves the tab stop to a cell.
const grid = (cells, { choose, look, leave }) => {
  let stop;
  const to = (i, j) => {
    if (stop) stop.tabIndex = -1;
    stop = cells[i][j];
    stop.tabIndex = 0;
    return stop;
  };
  const press = (event, i, j) => {
    if (event.altKey || event.metaKey) return;
    const whole = event.ctrlKey;
    const [down, right] = [cells.length - 1, cells[0].length - 1];
    const next = {
      ArrowUp: [i - 1, j], ArrowDown: [i + 1, j], ArrowLeft: [i, j - 1], ArrowRight: [i, j + 1],
      Home: [whole ? 0 : i, 0], End: [whole ? down : i, right], Enter: [i, j], " ": [i, j], Escape: [],
    }[event.key];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return leave();
    const row = clamp(next[0], 0, down);
    let column = clamp(next[1], 0, right);
    while (!cells[row][column]) column++;
    to(row, column).focus();
    choose(row, column);
  };
  each(cells, (cell, i, j) => {
    if (!cell) return;
    cell.tabIndex = -1;
    const here = () => {
      to(i, j);
      choose(i, j);
    };
    cell.addEventListener("focus", here);
    cell.addEventListener("click", () => (document.activeElement === cell ? here() : cell.focus()));
    cell.addEventListener("keydown", (event) => press(event, i, j));
    cell.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && look(i, j));
    cell.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && look());
  });
  return to;
};

// A handle to drag: place(clientX, clientY) follows mouse and finger, nudge(right, up) the arrow
// keys, one step each, ten with Shift. Where handles overlap the first of them is dragged.
const drag = (handle, place, nudge) => {
  handle.style.touchAction = "none";
  handle.addEventListener("pointerdown", (event) => {
    const under = document.elementsFromPoint(event.clientX, event.clientY);
    const first = under.filter((element) => element.matches(".handle")).at(-1) ?? handle;
    first.setPointerCapture(event.pointerId);
    event.preventDefault();
    first.focus();
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) place(event.clientX, event.clientY);
  });
  handle.addEventListener("keydown", (event) => {
    const step = {
      ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
    }[event.key];
    if (!step || event.altKey || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    nudge(...step.map((x) => (event.shiftKey ? 10 * x : x)));
  });
};

// The life of an element: live(host, given, words) is called once, when its HTML is complete.
// Several outputs may carry the same script: the first one defines the element.
const define = (kind, live) => {
  const name = "attention-" + kind;
  if (customElements.get(name)) return;
  customElements.define(name, class extends HTMLElement {
    connectedCallback() {
      // The parser brings an element before what stands inside; what follows shows it complete.
      if (document.readyState === "loading" && !this.nextElementSibling)
        document.addEventListener("DOMContentLoaded", () => this.connectedCallback(), { once: true });
      else if (!this.live && this.dataset.given) {
        this.live = true;
        this.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves us the arrow keys
        live(this, JSON.parse(this.dataset.given), JSON.parse(this.dataset.words));
      }
    }
  });
};
