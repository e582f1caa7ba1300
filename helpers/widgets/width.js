// The weights of one query over d_k, with and without the scale.
define("width", (host, given, words) => {
  const { widths, weights } = given;
  const now = { at: 0, scale: false };
  const rows = [...host.querySelectorAll("tbody tr")];
  const count = weights[0][0].length;
  const bars = Array.from({ length: count }, () => draw("rect", { width: 200 / count - 4 }));
  const tops = Array.from({ length: count }, () => draw("text", { "text-anchor": "middle" }));
  const svg = draw("svg", { viewBox: "0 0 200 116", role: "img", class: "bars" }, bars, tops);
  const line = make("p", { className: "now", ariaLive: "polite" });
  const update = () => {
    const shown = weights[now.at][+now.scale];
    shown.forEach((w, i) => {
      const [x, y] = [i * 200 / count + 2, 114 - 100 * w];
      Object.entries({ x, y, height: 100 * w }).forEach((pair) => bars[i].setAttribute(...pair));
      Object.entries({ x: x + 100 / count - 2, y: y - 3 }).forEach((pair) => tops[i].setAttribute(...pair));
      tops[i].textContent = number(w, 2);
    });
    rows.forEach((row, n) => [...row.cells].slice(1).forEach((cell, k) =>
      cell.classList.toggle("on", n === now.at && k === +now.scale)));
    const share = rows[now.at].cells[1 + now.scale].textContent;
    const told = fill(words.now, { d_k: widths[now.at], most: number(Math.max(...shown), 2), share });
    line.replaceChildren(...wording(told));
    svg.setAttribute("aria-label", told);
  };
  host.querySelector(".scroll").before(svg, line);
  update();
  controls(host,
    slider("d_k", 0, widths.length - 1, 0, (n) => update(now.at = n), () => widths[now.at]),
    checkbox(words.scale, false, (on) => update(now.scale = on)));
});
