// Attention in the plane: what is dragged moves the weights and the context vector.
define("plane", (host, given, words) => {
  const svg = host.querySelector("svg");
  const side = svg.viewBox.baseVal.width;
  const [left, bottom, size] = given.box;
  const { keys, query, digits } = given;
  const values = given.values || keys;
  const now = { temperature: given.temperature, scale: given.scale };
  const say = speaker(host);
  const print = (x) => number(x, digits);
  const at = ([x, y]) => [(x - left) / size * side, side - (y - bottom) / size * side];
  const set = (element, attributes) =>
    Object.entries(attributes).forEach(([name, x]) => element.setAttribute(name, x));

  const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  const half = (ordered) => ordered.reduce((corners, p) => {
    while (corners.length > 1 && turn(corners.at(-2), corners.at(-1), p) <= 0) corners.pop();
    return [...corners, p];
  }, []).slice(0, -1);
  const hull = (points) => {
    const ordered = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return [...half(ordered), ...half([...ordered].reverse())];
  };

  const arrows = [...svg.querySelectorAll(".query, .key")];
  const dots = [...svg.querySelectorAll(".value")];
  const rows = [...host.querySelectorAll("tbody tr")];
  const place = (group, point) => {
    const [x, y] = at(point);
    const [line, tip, name] = group.children;
    const end = x > 0.7 * side;
    set(line, { x2: x, y2: y });
    set(tip, { cx: x, cy: y });
    set(name, { x: x + (end ? -7 : 7), y: y - 7, "text-anchor": end ? "end" : "start" });
  };

  const update = () => {
    const scores = keys.map((key) => sum(key.map((x, n) => x * query[n])));
    const weights = softmax(scores.map((s) => s / (now.scale ? Math.SQRT2 : 1) / now.temperature));
    const context = [0, 1].map((n) => sum(weights.map((w, i) => w * values[i][n])));
    rows.forEach((row, i) => {
      row.cells[1].textContent = print(scores[i]);
      row.cells[2].firstChild.data = print(weights[i]) + " ";
      row.querySelector("rect").setAttribute("width", weights[i] * 60);
    });
    for (const group of arrows)
      place(group, group.matches(".query") ? query : keys[[...svg.querySelectorAll(".key")].indexOf(group)]);
    dots.forEach((dot, i) => set(dot, { cx: at(values[i])[0], cy: at(values[i])[1] }));
    svg.querySelector(".hull").setAttribute("points", hull(values).map(at).join(" "));
    const [cx, cy] = at(context);
    set(svg.querySelector(".context"), { cx, cy });
    const vector = `(${context.map(print).join(", ")})`;
    host.querySelector(".sum").textContent = fill(words.context, { vector });
    for (const handle of handles) {
      const [x, y] = at(handle.point);
      set(handle.element, { cx: x, cy: y, "aria-label": `${handle.name} (${handle.point.map(print).join(", ")})` });
    }
  };

  // A handle on each tip and value: larger than what it moves, for fingers.
  const handles = [
    { name: given.names[0], point: query },
    ...keys.map((point, i) => ({ name: given.names[i + 1], point })),
    ...(given.values || []).map((point, i) => ({ name: `${words.value} ${given.names[i + 1]}`, point })),
  ];
  for (const handle of handles) {
    const move = (x, y) => {
      handle.point[0] = clamp(x, left, left + size);
      handle.point[1] = clamp(y, bottom, bottom + size);
      update();
      say(`${handle.element.getAttribute("aria-label")}. ${host.querySelector(".sum").textContent}`);
    };
    handle.element = draw("circle", { class: "handle", r: 13, tabindex: 0, role: "button" });
    drag(handle.element, (clientX, clientY) => {
      const { x, y, width, height } = svg.getBoundingClientRect();
      move(left + (clientX - x) / width * size, bottom + (1 - (clientY - y) / height) * size);
    }, (right, up) => move(handle.point[0] + right * size / 50, handle.point[1] + up * size / 50));
  }
  svg.append(...handles.map((handle) => handle.element)); // the query's is reached first
  update();
  const offered = {
    scale: () => checkbox(words.scale_control, now.scale, (on) => update(now.scale = on)),
    temperature: () => slider(
      words.temperature, -20, 20, Math.round(20 * Math.log10(now.temperature)),
      (x) => update(now.temperature = +(10 ** (x / 20)).toFixed(2)), () => now.temperature,
    ),
  };
  controls(host, ...given.controls.map((name) => offered[name]()));
});
