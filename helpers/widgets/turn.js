// A query and a key turned by their positions.
define("turn", (host, given, words) => {
  const { query, key, angle, positions, digits, last } = given;
  const groups = [host.querySelector(".query"), host.querySelector(".key")];
  const line = host.querySelector(".now");
  const half = host.querySelector("svg").viewBox.baseVal.width / 2;
  const reach = Math.max(Math.hypot(...query), Math.hypot(...key));
  const turned = ([x, y], by) => [x * Math.cos(by) - y * Math.sin(by), x * Math.sin(by) + y * Math.cos(by)];
  const marks = [...host.querySelectorAll("tr:last-child td")];
  const update = () => {
    const [m, n] = positions;
    const both = [turned(query, m * angle), turned(key, n * angle)];
    both.forEach(([x, y], i) => {
      const [tip, name] = [groups[i].querySelector("circle"), groups[i].querySelector("text")];
      const [px, py] = [half + x / reach * 0.84 * half, half - y / reach * 0.84 * half];
      Object.entries({ x2: px, y2: py }).forEach((pair) => groups[i].querySelector("line").setAttribute(...pair));
      Object.entries({ cx: px, cy: py }).forEach((pair) => tip.setAttribute(...pair));
      Object.entries({ x: px, y: py - 9 }).forEach((pair) => name.setAttribute(...pair));
    });
    const score = number(both[0][0] * both[1][0] + both[0][1] * both[1][1], digits);
    line.textContent = fill(words.now, { m, n, distance: m - n, score });
    marks.forEach((cell, distance) => cell.classList.toggle("on", distance === m - n));
  };
  line.ariaLive = "polite";
  update();
  controls(host, ...[words.query, words.key].map((name, i) =>
    slider(name, 0, last, positions[i], (x) => update(positions[i] = x), () => positions[i])));
});
