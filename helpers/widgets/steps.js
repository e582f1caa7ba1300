// A training run: the slider chooses the moment, the list the seed.
define("steps", (host, given, words) => {
  const { seeds, maps, losses, at, digits } = given;
  const rows = [...host.querySelectorAll("tbody tr")];
  const line = host.querySelector(".now");
  const now = { seed: 0, moment: at.length - 1 };
  // The loss of every seed, the chosen one in front.
  const [width, height] = [240, 90];
  const most = Math.max(...losses.flat()) || 1;
  const point = (seed, n) =>
    [n / Math.max(at.length - 1, 1) * (width - 10) + 5, height - 5 - losses[seed][n] / most * (height - 10)];
  const paths = seeds.map((_, seed) =>
    draw("polyline", { points: at.map((_, n) => point(seed, n)).join(" ") }));
  const dot = draw("circle", { r: 5 });
  const curve = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "curve", "aria-label": words.curve }, paths, dot);
  const update = () => {
    const { seed, moment } = now;
    maps[seed][moment].forEach((row, i) => row.forEach((x, j) => {
      const cell = rows[i].cells[j + 1];
      cell.textContent = number(x, digits);
      cell.className = `w${Math.round(10 * x)}`;
    }));
    paths.forEach((path, n) => path.classList.toggle("on", n === seed));
    const [cx, cy] = point(seed, moment);
    dot.setAttribute("cx", cx);
    dot.setAttribute("cy", cy);
    line.textContent = fill(words.now, {
      step: at[moment], loss: number(losses[seed][moment], digits + 1), seed: seeds[seed],
    });
  };
  line.before(curve);
  line.ariaLive = "polite";
  update();
  const list = [slider(words.step, 0, at.length - 1, now.moment, (n) => update(now.moment = n), () => at[now.moment])];
  if (seeds.length > 1) list.push(choice(words.seed, seeds, (n) => update(now.seed = n)));
  controls(host, ...list);
});
