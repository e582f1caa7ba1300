// The attention explorer: a table of attention weights whose every number can be traced back.
define("explore", (host, given, words) => {
  const table = host.querySelector("table");
  const { digits } = given;
  const hide = given.hide || [];
  const queries = given.queries;
  const keys = given.keys || queries;
  const values = given.values || (given.plain && queries);
  const factors = queries && places([queries, keys].flat(4), digits);
  const shown = values && places(values.flat(2), digits);
  const rows = [...table.tBodies[0].rows];
  const heading = table.tHead.rows[0].cells;
  const rowTokens = rows.map((row) => row.cells[0].textContent);
  const keyTokens = [...heading].slice(1).map((cell) => cell.textContent);
  const now = { temperature: given.temperature, scale: given.scale, causal: given.causal, head: 0 };
  const trace = host.querySelector(".trace");
  const say = speaker(host);
  let chosen = given.start;
  let step;

  const print = (x) => number(x, digits);
  const vector = (numbers) => `(${few(numbers, ", ")})`;

  const compute = () => {
    const { head, causal, temperature } = now;
    if (given.weights) return { weight: given.weights[head] };
    const root = now.scale ? Math.sqrt(queries[0][0].length) : 1;
    const score = queries[head].map((q) => keys[head].map((k) => sum(q.map((x, n) => x * k[n]))));
    const scaled = each(score, (x) => x / root);
    const cooled = each(scaled, (x) => x / temperature);
    const masked = each(cooled, (x, i, j) => ((causal && j > i) || hide[i]?.[j] ? -Infinity : x));
    // The trace shows the plain exponential where it prints well, else that of x - max.
    const shift = masked.map((row) => Math.max(...row)).map((max) => (max > -2 && max < 10 ? 0 : max));
    const power = each(masked, (x, i) => Math.exp(x - shift[i]));
    return { score, scaled, cooled, masked, weight: masked.map(softmax), shift, power };
  };

  const update = () => {
    step = compute();
    const top = Math.max(...step.weight.flat());
    each(step.weight, (x, i, j) => {
      const cell = rows[i].cells[j + 1];
      const shade = "w" + Math.floor(+((10 * x) / top).toFixed(9) + 0.5);
      cell.textContent = print(x);
      cell.className = step.masked?.[i][j] === -Infinity ? "masked" : shade;
    });
    const note = table.querySelector(".head");
    if (note) note.textContent = given.heads[now.head];
    show(chosen);
  };

  // Each step of a calculation: its name, then its lines.
  const part = (i, j) => {
    const value = values[now.head][j];
    const terms = value.map((x) => print(step.weight[i][j] * x));
    return `${print(step.weight[i][j])} ×\xa0${vector(value.map((x) => number(x, shown)))} =\xa0${vector(terms)}`;
  };
  const weightSum = (i) => {
    const row = step.weight[i];
    return [words.weight_sum, few(row.map(print)) + " = " + print(sum(row))];
  };
  const traceRow = (i) => {
    if (!values) return [weightSum(i)];
    const value = values[now.head];
    const steps = keyTokens.map((token, j) => [token, part(i, j)]);
    if (steps.length > 12) steps.splice(8, steps.length, ["…", "…"]);
    const context = value[0].map((_, n) => print(sum(value.map((v, j) => step.weight[i][j] * v[n]))));
    return [...steps, [words.context, "= " + vector(context)]];
  };
  const traceColumn = (j) => {
    const column = step.weight.map((row) => row[j]);
    return [
      [words.column, few(column.map((x, i) => rowTokens[i] + "\xa0" + print(x)), ", ")],
      [words.column_sum, few(column.map(print)) + " = " + print(sum(column)) + words.column_free],
    ];
  };
  const traceCell = (i, j) => {
    const weight = print(step.weight[i][j]);
    const last = values ? [[words.part, part(i, j)]] : [];
    if (given.weights) return [[words.weight, weight + words.share], weightSum(i), ...last];
    const [q, k] = [queries[now.head][i], keys[now.head][j]];
    const [score, scaled, cooled] = [step.score, step.scaled, step.cooled].map((x) => print(x[i][j]));
    const hidden = step.masked[i][j] === -Infinity;
    const shift = step.shift[i] && print(step.shift[i]);
    const [power, total] = [step.power[i][j], sum(step.power[i])].map(print);
    const steps = [[
      words.dot,
      few(q.map((x, n) => [x, k[n]].map((f) => signed(number(f, factors))).join("\xa0×\xa0"))),
      ...(q.length > 1 ? ["= " + few(q.map((x, n) => signed(print(x * k[n]))))] : []),
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
    steps.push([words.sum, few(step.power[i].map(print)) + " = " + total]);
    return [...steps, [words.weight, `${power} / ${total} = ${weight}`], ...last];
  };

  // A cell is at [i, j]; a row's name at [i, -1], a column's at [-1, j].
  const cellOf = (i, j) => (i < 0 ? heading : rows[i].cells)[j + 1];
  const titleOf = (i, j) => [
    i >= 0 && words.query + rowTokens[i],
    j < 0 ? values && words.context : (i < 0 ? words.key_alone : words.key) + keyTokens[j],
  ].filter(Boolean).join(words.comma);
  const show = ([i, j]) => {
    for (const cell of table.querySelectorAll(".on")) cell.classList.remove("on");
    const row = i < 0 ? [] : [...rows[i].cells];
    const column = rows.map((other) => other.cells[j + 1]);
    const lit = i < 0 ? [heading[j + 1], ...column] : j < 0 ? row : [row[0], row[j + 1], heading[j + 1]];
    for (const cell of lit) cell.classList.add("on");
    const steps = i < 0 ? traceColumn(j) : j < 0 ? traceRow(i) : traceCell(i, j);
    trace.replaceChildren(
      make("p", {}, make("b", {}, titleOf(i, j))),
      make("dl", {}, steps.map(([name, ...lines]) => make("div", {},
        make("dt", {}, wording(name)),
        make("dd", {}, lines.map((line) => make("div", {}, line)))))));
    trace.scrollTop = 0;
  };
  const choose = (i, j) => {
    cellOf(...chosen).removeAttribute("aria-selected");
    cellOf(i, j).setAttribute("aria-selected", "true");
    const old = chosen;
    show((chosen = [i, j]));
    const result = i >= 0 && j >= 0 ? " = " + print(step.weight[i][j]) : "";
    if (old.join() !== chosen.join()) say(titleOf(i, j) + result);
  };

  // Room for the longest calculation, so that nothing below moves when another one is shown.
  const reserve = () => {
    trace.style.minHeight = 0;
    const [i, j] = given.start;
    const heights = [[i, -1], [-1, j], [i, j]].map((at) => {
      show(at);
      return trace.scrollHeight;
    });
    trace.style.minHeight = "";
    host.style.setProperty("--room", Math.max(...heights) + "px");
    // What scrolls must be reached by keys.
    if (trace.scrollHeight > trace.clientHeight) trace.tabIndex = 0;
    else trace.removeAttribute("tabindex");
    show(chosen);
  };

  table.parentNode.removeAttribute("tabindex");
  table.setAttribute("role", "grid");
  table.caption.append(make("span", { className: "how" }, words.how));
  trace.setAttribute("role", "group");
  trace.setAttribute("aria-label", words.calculation);
  // A frame grows with what it shows: there is no edge at which something could stay.
  trace.classList.toggle("low", window === window.parent);
  const cells = [[null, ...[...heading].slice(1)], ...rows.map((row) => [...row.cells])];
  const stop = grid(cells, {
    choose: (i, j) => {
      trace.classList.add("stays");
      choose(i - 1, j - 1);
      // Should the calculation have come to lie over the cell, the cell moves up.
      cells[i][j].scrollIntoView({ block: "nearest", inline: "nearest" });
    },
    look: (i, j) => show(i === undefined ? chosen : [i - 1, j - 1]),
    leave: () => stop(given.start[0] + 1, given.start[1] + 1).focus(),
  });
  stop(given.start[0] + 1, given.start[1] + 1);

  const change = (name) => (value) => {
    now[name] = value;
    update();
  };
  const offered = {
    scale: () => checkbox(words.scale_control, now.scale, change("scale")),
    causal: () => checkbox(words.causal_control, now.causal, change("causal")),
    head: () => choice(words.head, given.heads.map((_, n) => n + 1), change("head")),
    // From 0.1 to 10 in equal ratios, each rounded to what is printed.
    temperature: () => slider(
      words.temperature, -20, 20, Math.round(20 * Math.log10(now.temperature)),
      (x) => change("temperature")(+(10 ** (x / 20)).toFixed(2)), () => now.temperature,
    ),
  };
  controls(host, ...given.controls.map((name) => offered[name]()));
  update();
  choose(...chosen);
  let wide;
  new ResizeObserver(() => {
    if (host.clientWidth !== wide) reserve((wide = host.clientWidth));
  }).observe(host);
});
